"""What axe finds on a page. Contrast is four fifths of looking, and is measured once for all text that looks alike.

Alike is text of the same color, size and weight in the same kinds of boxes with the same backgrounds, one within the
other. Only what axe has passed is remembered, by each worker for itself: what it could not measure, since something
lay over it or it was turned off, is measured wherever it stands. On one page the first of each look is measured, and
the others where the first could not be.
"""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

_SERIOUS = """async ([contrast, passed]) => {
    const serious = (found) => found.violations
        .filter((one) => ["serious", "critical"].includes(one.impact))
        .map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 140)}`);
    const wrong = serious(await axe.run({
        resultTypes: ["violations"], rules: { "color-contrast": { enabled: false } },
    }));
    if (!contrast) return [wrong, []];

    const boxes = new Map([[null, ""]]);
    const box = (one) => {
        if (!boxes.has(one)) {
            const is = getComputedStyle(one);
            boxes.set(one, [box(one.parentElement), one.tagName, one.className, is.backgroundColor,
                is.backgroundImage, is.opacity, is.position, is.filter, is.transform].join(";"));
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
        return 4294967296 * (2097151 & high) + (low >>> 0);
    };
    const says = (one) => one.matches("input, select, textarea")
        || [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const known = new Set(passed), good = new Set();
    const alike = new Map();
    for (const one of document.body.querySelectorAll("*")) {
        if (!says(one) || !one.checkVisibility({ visibilityProperty: true }) || known.has(looks(one))) continue;
        alike.set(looks(one), [...(alike.get(looks(one)) || []), one]);
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

_passed: set[int] = set()


def what_axe_finds(page: Page, *, contrast: bool = True) -> list[str]:
    """Whatever axe finds serious or critical on the page at hand."""
    page.wait_for_load_state()
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    told: Any = page.evaluate(_SERIOUS, [contrast, sorted(_passed) if contrast else []])
    found, good = told
    _passed.update(good)
    return list(found)


def check_with_axe(page: Page) -> None:
    """Nothing serious keeps somebody from using the page at hand."""
    assert what_axe_finds(page) == []
