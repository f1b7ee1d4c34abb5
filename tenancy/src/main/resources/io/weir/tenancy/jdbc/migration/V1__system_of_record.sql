-- The system of record. Owned by the migrator; the application's rights stand at the end.

CREATE TABLE organisation (
    id         text PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- One row: every change of the directory or the price book increments it under its row lock, so that the order of versions is the order of
-- commits, and a replica that has seen version v misses nothing when it asks for rows above v.
CREATE TABLE directory_version (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version  bigint NOT NULL
);

CREATE TABLE tenant (
    organisation         text NOT NULL REFERENCES organisation,
    id                   text NOT NULL CHECK (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    name                 text NOT NULL,
    requests_per_minute  bigint CHECK (requests_per_minute > 0),
    tokens_per_minute    bigint CHECK (tokens_per_minute > 0),
    monthly_budget_nanos bigint CHECK (monthly_budget_nanos BETWEEN 0 AND 9007199254740991),
    sensitivity          text NOT NULL CHECK (sensitivity IN ('public', 'internal', 'confidential', 'restricted')),
    threshold_milli      integer NOT NULL CHECK (threshold_milli BETWEEN 0 AND 1000),
    models               text[] NOT NULL,
    unsupported          text NOT NULL CHECK (unsupported IN ('REFUSE', 'IGNORE')),
    version              bigint NOT NULL,
    created_at           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation, id)
);
CREATE INDEX tenant_version ON tenant (version);

CREATE TABLE project (
    organisation text NOT NULL,
    tenant       text NOT NULL,
    id           text NOT NULL CHECK (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation, tenant, id),
    FOREIGN KEY (organisation, tenant) REFERENCES tenant
);

CREATE TABLE api_key (
    id           text PRIMARY KEY,
    organisation text NOT NULL,
    tenant       text NOT NULL,
    project      text NOT NULL,
    subject      text NOT NULL,
    name         text NOT NULL,
    prefix       text NOT NULL,
    sha256       bytea NOT NULL UNIQUE CHECK (length(sha256) = 32),
    version      bigint NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz,
    revoked_at   timestamptz,
    FOREIGN KEY (organisation, tenant, project) REFERENCES project
);
CREATE INDEX api_key_version ON api_key (version);

-- Nano-dollars per 1,000,000 tokens. Rows are never changed: a new price is a new row.
CREATE TABLE price (
    version        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation   text NOT NULL REFERENCES organisation,
    model          text NOT NULL,
    currency       text NOT NULL DEFAULT 'USD' CHECK (currency = 'USD'),
    input_fresh    bigint NOT NULL CHECK (input_fresh >= 0),
    cache_read     bigint NOT NULL CHECK (cache_read >= 0),
    cache_write    bigint NOT NULL CHECK (cache_write >= 0),
    output         bigint NOT NULL CHECK (output >= 0),
    effective_from timestamptz NOT NULL,
    source         text NOT NULL,
    source_date    date,
    created_at     timestamptz NOT NULL DEFAULT now(),
    UNIQUE (organisation, model, effective_from, input_fresh, cache_read, cache_write, output)
);

-- DESIGN.md 7.2: which generation of counters is current. Old or stale counters are never read.
CREATE TABLE epoch (
    organisation text PRIMARY KEY REFERENCES organisation,
    epoch        bigint NOT NULL,
    mode         text NOT NULL CHECK (mode IN ('REDIS', 'LEDGER')),
    redis_run_id text NOT NULL
);

-- Counters seeded in an epoch: one that is listed and missing in Redis was lost.
CREATE TABLE seeded_counter (
    organisation text NOT NULL REFERENCES organisation,
    epoch        bigint NOT NULL,
    scope        text NOT NULL,
    period_from  timestamptz NOT NULL,
    PRIMARY KEY (organisation, epoch, scope, period_from)
);

-- One start of one gateway. A later start of the same name proves that the process of an earlier one is dead.
CREATE TABLE gateway_start (
    start_id    uuid PRIMARY KEY,
    name        text NOT NULL,
    sequence    bigint GENERATED ALWAYS AS IDENTITY,
    started_at  timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz NOT NULL,
    ended_at    timestamptz
);
CREATE INDEX gateway_start_name ON gateway_start (name, sequence);

-- What is held and may be under way. Carries everything needed to book it.
CREATE TABLE intent (
    request_id    uuid NOT NULL,
    attempt       smallint NOT NULL CHECK (attempt BETWEEN 1 AND 3),
    organisation  text NOT NULL,
    tenant        text NOT NULL,
    project       text NOT NULL,
    key_id        text NOT NULL,
    subject       text NOT NULL,
    tags          jsonb NOT NULL,
    model         text NOT NULL,
    engine        text NOT NULL,
    route         text NOT NULL,
    price_version bigint NOT NULL,
    price_input_fresh bigint NOT NULL,
    price_cache_read  bigint NOT NULL,
    price_cache_write bigint NOT NULL,
    price_output      bigint NOT NULL,
    input_bound   bigint NOT NULL,
    output_cap    integer NOT NULL,
    held_nanos    bigint NOT NULL CHECK (held_nanos >= 0),
    held_tokens   bigint NOT NULL,
    epoch         bigint NOT NULL,
    period_from   timestamptz NOT NULL,
    period_to     timestamptz NOT NULL,
    start_id      uuid NOT NULL REFERENCES gateway_start,
    decision      jsonb NOT NULL,
    effective_at  timestamptz NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (request_id, attempt)
);
CREATE INDEX intent_start ON intent (start_id);
CREATE INDEX intent_scope ON intent (organisation, tenant, period_from);

-- Append-only. The unique key decides between two that book the same end.
CREATE TABLE ledger_entry (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_id    uuid NOT NULL,
    attempt       smallint NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('USAGE', 'OVERRUN', 'ADJUSTMENT')),
    cause         text NOT NULL DEFAULT '',
    basis         text NOT NULL CHECK (basis IN ('METERED', 'FLOOR', 'HELD_FULL', 'VOID')),
    organisation  text NOT NULL,
    tenant        text NOT NULL,
    project       text NOT NULL,
    key_id        text NOT NULL,
    subject       text NOT NULL,
    tags          jsonb NOT NULL,
    model         text NOT NULL,
    engine        text NOT NULL,
    route         text NOT NULL,
    price_version bigint NOT NULL,
    input_fresh   bigint NOT NULL,
    cache_read    bigint NOT NULL,
    cache_write   bigint NOT NULL,
    output        bigint NOT NULL,
    reasoning     bigint NOT NULL,
    amount_nanos  bigint NOT NULL,
    outcome       text NOT NULL,
    epoch         bigint NOT NULL,
    period_from   timestamptz NOT NULL,
    decision      jsonb NOT NULL,
    effective_at  timestamptz NOT NULL,
    booked_at     timestamptz NOT NULL DEFAULT now(),
    UNIQUE (request_id, attempt, kind, cause)
);
-- Carries the amount: seeding a counter and checking it read the index alone.
CREATE INDEX ledger_entry_scope ON ledger_entry (organisation, period_from, tenant) INCLUDE (amount_nanos);
CREATE INDEX ledger_entry_time ON ledger_entry (organisation, effective_at);

INSERT INTO organisation (id) VALUES ('default');
INSERT INTO directory_version (version) VALUES (0);

-- The application may read the ledger and add to it, never change or delete.
GRANT SELECT ON ALL TABLES IN SCHEMA public TO weir_app;
GRANT INSERT ON ledger_entry, price, project, seeded_counter TO weir_app;
GRANT INSERT, UPDATE ON tenant, api_key, epoch, gateway_start TO weir_app;
GRANT UPDATE ON directory_version TO weir_app;
GRANT INSERT, DELETE ON intent TO weir_app;
GRANT DELETE ON seeded_counter TO weir_app;
