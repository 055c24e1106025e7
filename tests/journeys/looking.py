"""What axe finds on a page. Contrast is four fifths of looking, and is measured once for all text that looks alike.

Alike is text of the same color, size and weight in the same kinds of boxes with the same backgrounds, one within the
other. A box that draws nothing and lies where it falls is as good as none: what is round it is seen through it. Only
what axe has passed is remembered, by each worker for itself: what it could not measure, since something lay over it or
it was turned off, is measured wherever it stands. On one page the first of each look is measured, and the others where
the first could not be.

Only what is serious or critical counts, and axe gives all that a rule finds the weight of that rule: so the rules of
less weight are not asked.
"""

from typing import Any
from weakref import WeakKeyDictionary

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import CDPSession, Page

from tests.serving import AXE

_SERIOUS = """async ([contrast, passed, where]) => {
    const fetched = () => new Promise((done) => {
        if (!location.protocol.startsWith("http")) return done(false);
        const script = document.createElement("script");
        const came = (is) => { script.remove(); done(is); };
        script.onload = () => came(true);
        script.onerror = () => came(false);
        script.src = where;
        document.head.append(script);
    });
    if (typeof axe !== "object" && !await fetched()) return null;
    const serious = (found) => found.violations
        .filter((one) => ["serious", "critical"].includes(one.impact))
        .map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 140)}`);
    const unasked = axe._audit.rules.filter((one) => ["minor", "moderate"].includes(one.impact)).map((one) => one.id);
    const wrong = serious(await axe.run({
        resultTypes: ["violations"], elementRef: true, selectors: false,
        rules: Object.fromEntries([...unasked, "color-contrast"].map((id) => [id, { enabled: false }])),
    }));
    if (!contrast) return [wrong, []];

    const CLEAR = "rgba(0, 0, 0, 0);none;1;static;none;none;normal;none;auto;false";
    const boxes = new Map([[null, ""]]);
    const draws = (one, part) => !["none", "normal"].includes(getComputedStyle(one, part).content);
    const box = (one) => {
        if (!boxes.has(one)) {
            const is = getComputedStyle(one), around = box(one.parentElement);
            const drawn = [is.backgroundColor, is.backgroundImage, is.opacity, is.position, is.filter, is.transform,
                is.mixBlendMode, is.float, is.gridArea, is.margin.includes("-")].join(";");
            const isClear = drawn === CLEAR && !draws(one, "::before") && !draws(one, "::after");
            boxes.set(one, isClear ? around : [around, one.tagName, one.className, drawn].join(";"));
        }
        return boxes.get(one);
    };
    const looks = (one) => {
        const is = getComputedStyle(one);
        const said = [box(one), is.color, is.fontSize, is.fontWeight, is.textShadow].join(";");
        let [high, low] = [0xdeadbeef, 0x41c6ce57];
        for (let at = 0; at < said.length; at++) {
            high = Math.imul(high ^ said.charCodeAt(at), 2654435761);
            low = Math.imul(low ^ said.charCodeAt(at), 1597334677);
        }
        return String(4294967296 * (2097151 & high) + (low >>> 0));
    };
    const says = (one) => one.matches("input, select, textarea")
        || [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const known = new Set(passed.split(" ")), good = new Set();
    const alike = new Map();
    for (const one of document.body.querySelectorAll("*")) {
        if (!says(one) || !one.checkVisibility({ visibilityProperty: true })) continue;
        const look = looks(one);
        if (!known.has(look)) alike.set(look, [...(alike.get(look) || []), one]);
    }
    const measure = async (fresh) => {
        if (!fresh.length) return;
        const found = await axe.run({ include: fresh }, {
            runOnly: ["color-contrast"], resultTypes: ["violations", "passes"], elementRef: true, selectors: false,
        });
        wrong.push(...serious(found));
        found.passes.flatMap((one) => one.nodes).forEach((node) => good.add(looks(node.element)));
    };
    await measure([...alike.values()].map((ones) => ones[0]));
    await measure([...alike].filter(([look]) => !good.has(look)).flatMap(([, ones]) => ones.slice(1)));
    return [wrong, [...good]];
}"""

_passed: set[str] = set()
_lines: "WeakKeyDictionary[Page, CDPSession]" = WeakKeyDictionary()


def what_axe_finds(page: Page, *, contrast: bool = True) -> list[str]:
    """Whatever axe finds serious or critical on the page at hand.

    The page takes axe from its own server, so that a browser reads it once and compiles it once. Where none has it, it
    comes straight to the browser, since the driver would read half a megabyte of it first.
    """
    page.wait_for_load_state()
    asked = [contrast, " ".join(_passed) if contrast else "", f"/static/{AXE}"]
    told: Any = page.evaluate(_SERIOUS, asked)
    if told is None:
        line_of(page).send("Runtime.evaluate", {"expression": f"{AXE_SCRIPT};0"})
        told = page.evaluate(_SERIOUS, asked)
    found, good = told
    _passed.update(good)
    return list(found)


def line_of(page: Page) -> CDPSession:
    """A line straight to the browser about a page, past the driver."""
    if page not in _lines:
        _lines[page] = page.context.new_cdp_session(page)
    return _lines[page]


_SIZES = ({"width": 390, "height": 844}, {"width": 1440, "height": 900})
_WITHIN_REACH = """() => [...document.querySelectorAll("main :is(a[href], button, input, select, textarea)")]
    .filter((one) => !one.closest("nav, .filters"))
    .filter((one) => {
        const shown = one.closest("label") || one, { left, right } = shown.getBoundingClientRect();
        return shown.checkVisibility({ visibilityProperty: true }) && left < innerWidth && right > 0;
    })
    .map((one) => `${one.tagName} ${one.name || ""} ${one.textContent.trim()}`)"""
"""What can be pressed and filled; but for short cuts within a page and filters, of which a phone has others."""


def check_at_both_widths(page: Page) -> None:
    """On a phone and at a desk alike: nothing serious, nothing wider than the page, and the same to press and to fill.

    So a journey is walked at one width, and looked at in both. It goes on at the width that it had.
    """
    here: Any = page.viewport_size
    other = next(size for size in _SIZES if size["width"] != here["width"])
    reached = []
    for size in (other, here):
        page.set_viewport_size(size)
        check_with_axe(page)
        wide, within_reach = page.evaluate(f"[document.documentElement.scrollWidth, ({_WITHIN_REACH})()]")
        assert wide <= size["width"]
        reached.append(within_reach)
    assert reached[0] == reached[1]


def check_with_axe(page: Page) -> None:
    """Nothing serious keeps somebody from using the page at hand."""
    assert what_axe_finds(page) == []
