"""What a package says, put together from its temporary tables: one row a thing, as our tables hold it.

Each statement fills ``fresh_<table>``. What things point at is found in ``known``: everything of the source that is
listed now, by the source's own id.
"""

from breakwater.resources.models.domains import Domain

KNOWN = """
CREATE TEMP TABLE known (
    owner text, owner_id text, organization_id uuid, place_id uuid, service_id uuid
) ON COMMIT DROP;
CREATE INDEX ON known (owner, owner_id);
"""

KNOW = {
    "taxonomyterm": """
        INSERT INTO known SELECT 'term', external_id FROM resources_taxonomyterm
        WHERE source = %(source)s AND retired_at IS NULL
    """,
    "organization": """
        INSERT INTO known SELECT 'organization', external_id, id FROM resources_organization
        WHERE source = %(source)s AND retired_at IS NULL
    """,
    "place": """
        INSERT INTO known SELECT 'location', external_id, NULL, id FROM resources_place
        WHERE source = %(source)s AND retired_at IS NULL
    """,
    "service": """
        INSERT INTO known SELECT 'service', external_id, NULL, NULL, id FROM resources_service
        WHERE source = %(source)s AND retired_at IS NULL
    """,
    "service_at": """
        INSERT INTO known
        SELECT DISTINCT ON (a.id) 'service_at', a.id, NULL::uuid, p.place_id, s.service_id
        FROM st_serviceat a
        JOIN known s ON s.owner = 'service' AND s.owner_id = a.service_id
        JOIN known p ON p.owner = 'location' AND p.owner_id = a.location_id
        WHERE a.id <> '' ORDER BY a.id, a.seq
    """,
    "contact": """
        INSERT INTO known
        SELECT DISTINCT 'contact', c.id, k.organization_id, k.place_id, k.service_id
        FROM st_contact c JOIN known k ON k.owner = c.owner AND k.owner_id = c.owner_id WHERE c.id <> ''
    """,
}

_OURS = ", ".join(f"'{one.term_id}'" for one in Domain)
"""What we filed something under ourselves, when a directory that went out comes back: it is judged anew."""

PREPARE = f"""
CREATE INDEX ON st_address (location_id) WHERE location_id <> '';
CREATE TEMP TABLE mail ON COMMIT DROP AS
    SELECT DISTINCT ON (organization_id) organization_id, time_zone, state, postal_code, latitude, longitude,
        concat_ws(E'\\n', nullif(lines, ''),
            nullif(concat_ws(', ', nullif(city, ''),
                nullif(concat_ws(' ', nullif(state, ''), nullif(postal_code, '')), '')), '')
        ) AS words
    FROM st_address WHERE organization_id <> '' AND location_id = '' ORDER BY organization_id, NOT is_mail, seq;
CREATE TEMP TABLE usual ON COMMIT DROP AS
    SELECT coalesce((
        SELECT time_zone FROM st_address WHERE time_zone <> '' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
    ), '') AS time_zone;
CREATE TEMP TABLE more ON COMMIT DROP AS
    SELECT owner, owner_id,
        string_agg(text, E'\\n' ORDER BY seq) FILTER (WHERE kind = 'eligibility') AS eligibility,
        string_agg(text, E'\\n' ORDER BY seq) FILTER (WHERE kind = 'document') AS documents,
        string_agg(text, E'\\n' ORDER BY seq) FILTER (WHERE kind = 'area') AS areas,
        string_agg(text, E'\\n' ORDER BY seq) FILTER (WHERE kind = 'cost') AS costs,
        string_agg(text, ', ' ORDER BY seq) FILTER (WHERE kind = 'payment') AS payments,
        string_agg(text, E'\\n' ORDER BY seq) FILTER (WHERE kind = 'access') AS access,
        array_agg(text ORDER BY seq) FILTER (WHERE kind = 'language') AS languages
    FROM (SELECT DISTINCT ON (owner, owner_id, kind, text) * FROM st_detail ORDER BY owner, owner_id, kind, text, seq) d
    GROUP BY owner, owner_id;
CREATE INDEX ON more (owner, owner_id);
CREATE TEMP TABLE terms ON COMMIT DROP AS
    SELECT f.service_id, array_agg(t.name ORDER BY f.seq) AS names, array_agg(t.code ORDER BY f.seq) AS given,
        array_agg(t.id ORDER BY f.seq) AS keys,
        array_agg(CASE WHEN t.code <> '' THEN t.code ELSE t.id END ORDER BY f.seq) AS codes
    FROM (SELECT DISTINCT ON (service_id, term_id) * FROM st_filing ORDER BY service_id, term_id, seq) f
    JOIN (SELECT DISTINCT ON (id) * FROM st_term ORDER BY id, seq) t ON t.id = f.term_id
    WHERE t.id <> ALL (ARRAY[{_OURS}])
    GROUP BY f.service_id;
CREATE INDEX ON terms (service_id);
CREATE TEMP TABLE need (service_id text, needs text[], hides boolean) ON COMMIT DROP;
ANALYZE mail; ANALYZE more; ANALYZE terms;
"""

TO_JUDGE = """
SELECT s.id, array[s.name, s.alternate_name] || s.keywords || coalesce(t.names, '{}'), left(s.description, 4000),
    coalesce(t.codes, '{}')
FROM (SELECT DISTINCT ON (id) * FROM st_service ORDER BY id, seq) s LEFT JOIN terms t ON t.service_id = s.id
"""

HIDDEN = """
CREATE TEMP TABLE hidden ON COMMIT DROP AS
    SELECT location_id AS id FROM st_address WHERE hides
    UNION SELECT id FROM st_location WHERE hides
    UNION SELECT a.location_id FROM st_serviceat a JOIN need n ON n.service_id = a.service_id WHERE n.hides
    UNION SELECT external_id FROM resources_place WHERE source = %(source)s AND is_confidential;
CREATE INDEX ON hidden (id);
CREATE TEMP TABLE hidden_street ON COMMIT DROP AS
    SELECT DISTINCT location_id AS id, split_part(lines, E'\\n', 1) AS street FROM st_address JOIN hidden h
        ON h.id = location_id WHERE split_part(lines, E'\\n', 1) ~ '[0-9].*[[:alpha:]]';
CREATE TEMP TABLE hushed ON COMMIT DROP AS
    SELECT a.service_id,
        string_agg(DISTINCT regexp_replace(s.street, '([^[:alnum:] ])', E'\\\\\\\\\\\\1', 'g'), '|') AS streets
    FROM st_serviceat a JOIN hidden_street s ON s.id = a.location_id GROUP BY a.service_id;
UPDATE mail SET words = '', postal_code = '', latitude = NULL, longitude = NULL
    WHERE lower(split_part(words, E'\\n', 1)) IN (SELECT lower(street) FROM hidden_street);
ANALYZE hidden; ANALYZE hushed;
"""
"""Which places are confidential; and, from now on untold, what their streets are called."""


def _hushed(column: str) -> str:
    """A text of a service, with the street of a confidential place of its own taken out."""
    return f"coalesce(regexp_replace({column}, h.streets, '(address not told)', 'gi'), {column})"


ORGANIZATIONS = """
CREATE TEMP TABLE fresh_organization ON COMMIT DROP AS
SELECT u.id AS external_id, u.name, u.alternate_name, u.description, u.email, u.url,
    coalesce(m.words, '') AS mail_address, coalesce(m.postal_code, '') AS postal_code,
    coalesce(m.state, '') AS state, u.tax_id, u.tax_status, u.legal_status,
    u.year_incorporated::smallint AS year_incorporated
FROM (SELECT DISTINCT ON (id) * FROM st_organization ORDER BY id, seq) u
LEFT JOIN mail m ON m.organization_id = u.id
"""

PLACES = """
CREATE TEMP TABLE fresh_place ON COMMIT DROP AS
WITH at_place AS (
    SELECT DISTINCT ON (location_id) * FROM st_address WHERE location_id <> '' AND NOT is_mail ORDER BY location_id, seq
), by_mail AS (
    SELECT DISTINCT ON (location_id) * FROM st_address WHERE location_id <> '' AND is_mail ORDER BY location_id, seq
), told AS (
    SELECT u.*, k.organization_id AS by_id, a.lines, a.postal_code, h.id IS NOT NULL AS is_hidden,
        coalesce(nullif(a.city, ''), b.city, '') AS city, coalesce(nullif(a.state, ''), b.state, '') AS state,
        coalesce(nullif(a.country, ''), b.country, '') AS country,
        concat_ws(E'\\n', nullif(b.lines, ''), nullif(concat_ws(', ', nullif(b.city, ''),
            nullif(concat_ws(' ', nullif(b.state, ''), nullif(b.postal_code, '')), '')), '')) AS mail_words,
        coalesce(u.latitude, a.latitude, g.latitude) AS lat, coalesce(u.longitude, a.longitude, g.longitude) AS lon,
        CASE WHEN u.latitude IS NOT NULL THEN 'file' WHEN a.latitude IS NOT NULL THEN 'zip'
            WHEN g.latitude IS NOT NULL THEN 'mail' ELSE '' END AS by_what,
        coalesce(nullif(a.time_zone, ''), nullif(b.time_zone, ''), nullif(m.time_zone, ''),
            (SELECT time_zone FROM usual)) AS zone
    FROM (SELECT DISTINCT ON (id) * FROM st_location ORDER BY id, organization_id = '', seq) u
    LEFT JOIN known k ON k.owner = 'organization' AND k.owner_id = u.organization_id
    LEFT JOIN at_place a ON a.location_id = u.id
    LEFT JOIN by_mail b ON b.location_id = u.id
    LEFT JOIN mail m ON m.organization_id = u.organization_id
    LEFT JOIN hidden h ON h.id = u.id
    LEFT JOIN LATERAL (
        SELECT coalesce(b.latitude, m.latitude) AS latitude, coalesce(b.longitude, m.longitude) AS longitude
        WHERE NOT u.is_virtual AND coalesce(a.lines, '') = '' AND coalesce(a.city, '') = ''
    ) g ON true
)
SELECT t.id AS external_id, t.by_id AS organization_id,
    CASE WHEN t.is_hidden AND (t.name ~ '^\\s*\\d'
            OR (t.lines <> '' AND strpos(t.name, split_part(t.lines, E'\\n', 1)) > 0))
        THEN 'Confidential place' ELSE t.name END AS name,
    CASE WHEN t.is_hidden THEN '' ELSE t.alternate_name END AS alternate_name,
    CASE WHEN t.is_hidden THEN '' ELSE t.description END AS description,
    CASE WHEN t.is_hidden THEN '' ELSE coalesce(t.lines, '') END AS address,
    CASE WHEN t.is_hidden THEN '' ELSE t.city END AS city, t.state, t.country,
    CASE WHEN t.is_hidden THEN '' ELSE coalesce(t.postal_code, '') END AS postal_code,
    CASE WHEN t.is_hidden THEN '' ELSE coalesce(t.mail_words, '') END AS mail_address,
    CASE WHEN NOT t.is_hidden THEN t.lat END AS latitude,
    CASE WHEN NOT t.is_hidden THEN t.lon END AS longitude,
    CASE WHEN NOT t.is_hidden THEN t.by_what ELSE '' END AS located_by,
    t.zone AS time_zone,
    CASE WHEN t.is_hidden THEN '' ELSE t.transportation END AS transportation,
    CASE WHEN t.is_hidden THEN '' ELSE concat_ws(E'\\n', nullif(t.accessibility, ''), d.access) END AS accessibility,
    coalesce((SELECT array_agg(DISTINCT l ORDER BY l) FROM unnest(t.languages || d.languages) l), '{}') AS languages,
    CASE WHEN t.is_hidden THEN '' ELSE t.url END AS url, t.is_virtual, t.is_hidden AS is_confidential
FROM told t LEFT JOIN more d ON d.owner = 'location' AND d.owner_id = t.id
"""

SERVICES = f"""
CREATE TEMP TABLE fresh_service ON COMMIT DROP AS
WITH places AS (
    SELECT a.service_id,
        (array_agg(p.organization_id) FILTER (WHERE p.organization_id IS NOT NULL))[1] AS organization_id,
        array_agg(DISTINCT l) FILTER (WHERE l IS NOT NULL) AS languages
    FROM st_serviceat a
    JOIN known k ON k.owner = 'location' AND k.owner_id = a.location_id
    JOIN resources_place p ON p.id = k.place_id LEFT JOIN LATERAL unnest(p.languages) l ON true
    GROUP BY a.service_id
), told AS (
    SELECT u.*, coalesce(k.organization_id, p.organization_id) AS by_id, coalesce(g.name, '') AS program,
        CASE u.status WHEN 'temporarily closed' THEN 'paused' WHEN '' THEN 'active' ELSE u.status END AS state,
        concat_ws(E'\\n', nullif(u.eligibility, ''), d.eligibility) AS who,
        concat_ws(E'\\n', nullif(u.documents, ''), d.documents) AS bring,
        concat_ws(E'\\n', nullif(u.fees, ''), d.costs, 'Accepts: ' || d.payments) AS cost,
        concat_ws(E'\\n', nullif(u.areas, ''), d.areas) AS serves,
        coalesce((SELECT array_agg(DISTINCT l ORDER BY l)
            FROM unnest(u.languages || d.languages || p.languages) l), '{{}}') AS speaks,
        coalesce(t.names, '{{}}') || u.keywords AS filed,
        coalesce(t.given, '{{}}') || array_fill(text '', ARRAY[cardinality(u.keywords)]) AS filed_as,
        coalesce(t.keys, '{{}}') || array_fill(text '', ARRAY[cardinality(u.keywords)]) AS filed_by,
        coalesce(n.needs, '{{}}')::varchar(16)[] AS needs
    FROM (SELECT DISTINCT ON (id) * FROM st_service ORDER BY id, organization_id = '', seq) u
    LEFT JOIN known k ON k.owner = 'organization' AND k.owner_id = u.organization_id
    LEFT JOIN (SELECT DISTINCT ON (id) id, name FROM st_program ORDER BY id, seq) g ON g.id = u.program_id
    LEFT JOIN places p ON p.service_id = u.id
    LEFT JOIN more d ON d.owner = 'service' AND d.owner_id = u.id
    LEFT JOIN terms t ON t.service_id = u.id
    LEFT JOIN need n ON n.service_id = u.id
), named AS (
    SELECT t.*, lower(concat_ws(' ', t.name, nullif(t.alternate_name, ''), nullif(t.program, ''), o.name,
        nullif(o.alternate_name, ''))) AS names
    FROM told t LEFT JOIN resources_organization o ON o.id = t.by_id
)
SELECT id AS external_id, by_id AS organization_id, name, alternate_name, program,
    {_hushed("description")} AS description, {_hushed("alert")} AS alert, state AS status,
    {_hushed("who")} AS eligibility, minimum_age, maximum_age, {_hushed("how_to_apply")} AS how_to_apply,
    bring AS documents, cost AS fees, wait_time,
    {_hushed("serves")} AS areas,
    interpretation, accreditations, licenses, email, url, speaks AS languages, filed AS terms,
    filed_as AS term_codes, filed_by AS term_keys, needs,
    assured_on, names, resources_words(names, filed, {_hushed("description")}, {_hushed("who")}) AS search
FROM named LEFT JOIN hushed h ON h.service_id = named.id
"""

TERMS = f"""
CREATE TEMP TABLE fresh_taxonomyterm ON COMMIT DROP AS
SELECT DISTINCT ON (t.id) t.id AS external_id, t.name, t.code, t.description, t.uri, t.language, t.parent_id AS parent,
    coalesce(v.name, t.taxonomy) AS taxonomy, coalesce(v.id, '') AS taxonomy_key,
    coalesce(v.description, '') AS taxonomy_about, coalesce(v.uri, '') AS taxonomy_uri,
    coalesce(v.version, '') AS taxonomy_version
FROM st_term t
LEFT JOIN (SELECT DISTINCT ON (id) * FROM st_taxonomy ORDER BY id, seq) v ON v.id = t.taxonomy_id AND v.id <> ''
WHERE t.id <> ALL (ARRAY[{_OURS}]) ORDER BY t.id, t.seq
"""

SERVICES_AT = """
CREATE TEMP TABLE fresh_serviceat ON COMMIT DROP AS
SELECT DISTINCT ON (s.service_id, p.place_id)
    CASE WHEN length(a.service_id) + length(a.location_id) < 200 THEN a.service_id || '@' || a.location_id
        ELSE md5(a.service_id || '@' || a.location_id) END AS external_id,
    s.service_id, p.place_id, CASE WHEN h.id IS NULL THEN a.description ELSE '' END AS description
FROM st_serviceat a LEFT JOIN hidden h ON h.id = a.location_id
JOIN known s ON s.owner = 'service' AND s.owner_id = a.service_id
JOIN known p ON p.owner = 'location' AND p.owner_id = a.location_id
ORDER BY s.service_id, p.place_id, a.seq
"""

LISTED = {
    "taxonomyterm": TERMS,
    "organization": ORGANIZATIONS,
    "place": PLACES,
    "service": SERVICES,
    "serviceat": SERVICES_AT,
}
"""What is listed, in the order in which one leads to another."""

_KEY = "CASE WHEN x.owner = 'contact' THEN md5(x.key || k::text) ELSE x.key END"
_OWNED = "JOIN known k ON k.owner = x.owner AND k.owner_id = x.owner_id"

PHONES = f"""
CREATE TEMP TABLE fresh_phone ON COMMIT DROP AS
SELECT DISTINCT ON (1) {_KEY} AS external_id, k.organization_id, k.place_id, k.service_id,
    x.number, x.extension, x.kind, x.note
FROM st_phone x {_OWNED} ORDER BY 1, x.seq
"""

_ZONES = """
WITH zones AS (
    SELECT s.id AS service_id, coalesce(min(nullif(p.time_zone, '')), min(nullif(m.time_zone, ''))) AS time_zone
    FROM resources_service s
    LEFT JOIN resources_serviceat a ON a.service_id = s.id AND a.retired_at IS NULL
    LEFT JOIN resources_place p ON p.id = a.place_id
    LEFT JOIN resources_organization o ON o.id = s.organization_id
    LEFT JOIN mail m ON m.organization_id = o.external_id
    WHERE s.source = %(source)s GROUP BY s.id
)
"""
_ZONE = "coalesce(nullif(p.time_zone, ''), z.time_zone, (SELECT time_zone FROM usual)) AS time_zone"
_WITH_ZONE = (
    "LEFT JOIN resources_place p ON p.id = k.place_id LEFT JOIN zones z ON z.service_id = k.service_id"
)

HOURS = f"""
CREATE TEMP TABLE fresh_hours ON COMMIT DROP AS {_ZONES}
SELECT DISTINCT ON (1) {_KEY} AS external_id, k.place_id, k.service_id, x.weekday::smallint AS weekday,
    x.nth::smallint AS nth, x.month_day::smallint AS month_day, x.opens_at, x.closes_at,
    x.starts_on, x.ends_on, x.words, {_ZONE}
FROM st_hours x {_OWNED} {_WITH_ZONE} ORDER BY 1, x.seq
"""

HOLIDAYS = f"""
CREATE TEMP TABLE fresh_holiday ON COMMIT DROP AS {_ZONES}
SELECT DISTINCT ON (1) {_KEY} AS external_id, k.place_id, k.service_id, x.starts_on, x.ends_on,
    x.every_year, x.opens_at, x.closes_at, {_ZONE}
FROM st_holiday x {_OWNED} {_WITH_ZONE} ORDER BY 1, x.seq
"""
