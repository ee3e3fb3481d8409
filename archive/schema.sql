-- History for queries. Everything here is told by the journal and can be told again: a file of another version is thrown
-- away and filled anew. Whoever changes a table, or what is written into one, raises user_version.
--
-- Money is INTEGER, in units of its asset; STRICT tables refuse what SQLite would turn into a float. Times are
-- microseconds since 1970 UTC. Enumerations are the persisted numbers of package instruction.

PRAGMA application_id = 1346584914; -- "PCAR"
PRAGMA user_version = 8;

-- How far the file is, and of which journal. Written in the same transaction as the rows of the records up to there.
CREATE TABLE progress (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    applied  INTEGER NOT NULL, -- sequence of the last record
    first    BLOB    NOT NULL, -- SHA-256 of the first record
    last     BLOB    NOT NULL  -- SHA-256 of the last record
) STRICT;

INSERT INTO progress (id, applied, first, last) VALUES (1, 0, x'', x'');

CREATE TABLE markets (
    id     INTEGER PRIMARY KEY,
    base   INTEGER NOT NULL,
    quote  INTEGER NOT NULL
) STRICT;

-- Without a gap from 1, over all markets.
CREATE TABLE orders (
    id          INTEGER PRIMARY KEY,
    account     INTEGER NOT NULL,
    credential  INTEGER NOT NULL,
    market      INTEGER NOT NULL,
    side        INTEGER NOT NULL,
    type        INTEGER NOT NULL,
    tif         INTEGER NOT NULL,
    price       INTEGER NOT NULL, -- 0 for market orders
    qty         INTEGER NOT NULL, -- base units
    quote_qty   INTEGER NOT NULL, -- quote units, of a market order that named them, else 0
    done        INTEGER NOT NULL, -- base units filled
    paid        INTEGER NOT NULL, -- quote units filled
    client      TEXT    NOT NULL,
    status      INTEGER NOT NULL, -- Status
    placed      INTEGER NOT NULL,
    updated     INTEGER NOT NULL,
    cause       INTEGER NOT NULL, -- of its end, 0 while it is open
    triggered   INTEGER NOT NULL, -- Trigger
    stop        INTEGER NOT NULL, -- price
    trail       INTEGER NOT NULL, -- basis points
    visible     INTEGER NOT NULL, -- base units
    self_trade  INTEGER NOT NULL,
    list        INTEGER NOT NULL, -- 0 for none
    works       INTEGER NOT NULL, -- time since when it works, 0 before
    prevented   INTEGER NOT NULL, -- base units of qty, not to be filled any more
    prevention  INTEGER NOT NULL  -- id of the last prevented match, 0 for none
) STRICT;

-- Every index ends with the id.
CREATE INDEX orders_by_account ON orders (account, market);
CREATE INDEX orders_by_client  ON orders (account, market, client);

-- Without a gap from 1, over all markets. Its orders are those from the first on, as many as the shape has.
CREATE TABLE lists (
    id       INTEGER PRIMARY KEY,
    account  INTEGER NOT NULL,
    market   INTEGER NOT NULL,
    shape    INTEGER NOT NULL,
    client   TEXT    NOT NULL,
    first    INTEGER NOT NULL,
    orders   INTEGER NOT NULL,
    placed   INTEGER NOT NULL,
    closed   INTEGER NOT NULL -- time, 0 while an order is open
) STRICT;

CREATE INDEX lists_by_account ON lists (account);
CREATE INDEX lists_by_client  ON lists (account, client);
CREATE INDEX lists_open       ON lists (account, closed);

-- What did not trade because both orders were of one account; without a gap from 1 in each market.
CREATE TABLE preventions (
    market     INTEGER NOT NULL,
    id         INTEGER NOT NULL,
    account    INTEGER NOT NULL,
    mode       INTEGER NOT NULL,
    taker      INTEGER NOT NULL,
    maker      INTEGER NOT NULL,
    price      INTEGER NOT NULL,
    taker_qty  INTEGER NOT NULL,
    maker_qty  INTEGER NOT NULL,
    time       INTEGER NOT NULL,
    PRIMARY KEY (market, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX preventions_by_taker ON preventions (market, taker);
CREATE INDEX preventions_by_maker ON preventions (market, maker);

CREATE TABLE amendments (
    order_id    INTEGER NOT NULL,
    seq         INTEGER NOT NULL, -- of the record
    account     INTEGER NOT NULL,
    was_client  TEXT    NOT NULL,
    client      TEXT    NOT NULL,
    was_qty     INTEGER NOT NULL,
    qty         INTEGER NOT NULL,
    time        INTEGER NOT NULL,
    PRIMARY KEY (order_id, seq)
) STRICT, WITHOUT ROWID;

-- Without a gap from 1 in each market.
CREATE TABLE trades (
    market         INTEGER NOT NULL,
    id             INTEGER NOT NULL,
    time           INTEGER NOT NULL,
    price          INTEGER NOT NULL,
    qty            INTEGER NOT NULL, -- base units
    quote          INTEGER NOT NULL, -- quote units
    taker          INTEGER NOT NULL, -- the order that took
    taker_side     INTEGER NOT NULL,
    taker_fee      INTEGER NOT NULL,
    maker_fee      INTEGER NOT NULL, -- below 0: a rebate
    taker_fee_in   INTEGER NOT NULL, -- the asset; 0: what the taker receives
    maker_fee_in   INTEGER NOT NULL, -- the asset; 0: what the maker receives
    PRIMARY KEY (market, id)
) STRICT, WITHOUT ROWID;

-- Two to a trade: whose order was on which side.
CREATE TABLE fills (
    account    INTEGER NOT NULL,
    market     INTEGER NOT NULL,
    trade      INTEGER NOT NULL,
    maker      INTEGER NOT NULL, -- 1 maker, 0 taker
    order_id   INTEGER NOT NULL,
    PRIMARY KEY (account, market, trade, maker)
) STRICT, WITHOUT ROWID;

CREATE INDEX fills_by_order ON fills (order_id, account, market, trade, maker);

-- A row exists where there was a trade. Volumes are split: hi * 10^18 + lo.
CREATE TABLE candles (
    market          INTEGER NOT NULL,
    span            INTEGER NOT NULL, -- Span
    open            INTEGER NOT NULL, -- time that it begins with
    first           INTEGER NOT NULL, -- prices
    high            INTEGER NOT NULL,
    low             INTEGER NOT NULL,
    last            INTEGER NOT NULL,
    base_hi         INTEGER NOT NULL,
    base_lo         INTEGER NOT NULL,
    quote_hi        INTEGER NOT NULL,
    quote_lo        INTEGER NOT NULL,
    taker_base_hi   INTEGER NOT NULL,
    taker_base_lo   INTEGER NOT NULL,
    taker_quote_hi  INTEGER NOT NULL,
    taker_quote_lo  INTEGER NOT NULL,
    trades          INTEGER NOT NULL,
    first_trade     INTEGER NOT NULL,
    last_trade      INTEGER NOT NULL,
    PRIMARY KEY (market, span, open)
) STRICT, WITHOUT ROWID;

-- Without a gap from 1. What came in from outside.
CREATE TABLE transfers (
    id       INTEGER PRIMARY KEY,
    seq      INTEGER NOT NULL, -- of the record
    account  INTEGER NOT NULL,
    asset    INTEGER NOT NULL,
    amount   INTEGER NOT NULL,
    ref      TEXT    NOT NULL,
    time     INTEGER NOT NULL
) STRICT;

CREATE INDEX transfers_by_account ON transfers (account);
CREATE INDEX transfers_by_asset   ON transfers (account, asset);

-- Without a gap from 1. Transfers between accounts of one customer.
CREATE TABLE moves (
    id            INTEGER PRIMARY KEY, -- TransferID
    seq           INTEGER NOT NULL, -- of the record
    customer      INTEGER NOT NULL, -- the master account
    from_account  INTEGER NOT NULL,
    to_account    INTEGER NOT NULL,
    asset         INTEGER NOT NULL,
    amount        INTEGER NOT NULL,
    client        TEXT    NOT NULL,
    time          INTEGER NOT NULL
) STRICT;

CREATE INDEX moves_by_customer ON moves (customer);

-- What was seen of a credential at a network in one day: reading, of a living one; any use, of a deleted one or a decoy.
CREATE TABLE sightings (
    network     INTEGER NOT NULL,
    day         INTEGER NOT NULL, -- since 1970, UTC
    credential  INTEGER NOT NULL,
    act         INTEGER NOT NULL, -- IncidentAct
    first_seq   INTEGER NOT NULL, -- of the first record
    first       INTEGER NOT NULL, -- time
    last        INTEGER NOT NULL, -- time
    times       INTEGER NOT NULL,
    PRIMARY KEY (network, day, credential, act)
) STRICT, WITHOUT ROWID;

-- The records of an incident.
CREATE TABLE incident_records (
    incident    INTEGER NOT NULL,
    seq         INTEGER NOT NULL,
    credential  INTEGER NOT NULL,
    time        INTEGER NOT NULL,
    network     INTEGER NOT NULL,
    act         INTEGER NOT NULL, -- IncidentAct
    kind        INTEGER NOT NULL, -- of the instruction
    decision    INTEGER NOT NULL, -- of the verdict
    reason      INTEGER NOT NULL, -- the weightiest
    PRIMARY KEY (incident, seq, credential)
) STRICT, WITHOUT ROWID;

-- Without a gap from 1. Withdrawals that were taken up, and how they stand.
CREATE TABLE payouts (
    id          INTEGER PRIMARY KEY, -- PayoutID
    seq         INTEGER NOT NULL, -- of the record
    account     INTEGER NOT NULL,
    credential  INTEGER NOT NULL,
    asset       INTEGER NOT NULL,
    amount      INTEGER NOT NULL,
    chain       TEXT    NOT NULL,
    address     TEXT    NOT NULL,
    tag         TEXT    NOT NULL,
    client      TEXT    NOT NULL,
    state       INTEGER NOT NULL, -- PayoutState
    why         INTEGER NOT NULL, -- Reason of the gate
    ended       INTEGER NOT NULL, -- MatterEnd, 0 for none
    made        INTEGER NOT NULL,
    updated     INTEGER NOT NULL,
    fee         INTEGER NOT NULL, -- of the amount
    stopping    INTEGER NOT NULL, -- 1 where it was asked that it be cancelled
    spend       INTEGER NOT NULL  -- of the spends that are signed and pay it: the one in a block, else the newest; 0 for none
) STRICT;

CREATE INDEX payouts_by_account ON payouts (account);
CREATE INDEX payouts_by_client  ON payouts (account, client);

-- How an asset moves on its chain, as far as history needs it.
CREATE TABLE chains (
    asset        INTEGER PRIMARY KEY,
    min_deposit  INTEGER NOT NULL
) STRICT;

-- Without a gap from 1. Coins that blocks gave to the venue, but for the change of its own transactions.
CREATE TABLE deposits (
    id        INTEGER PRIMARY KEY,
    asset     INTEGER NOT NULL,
    tx        BLOB    NOT NULL, -- TxID
    vout      INTEGER NOT NULL,
    account   INTEGER NOT NULL, -- Fees: the hot address
    amount    INTEGER NOT NULL,
    dust      INTEGER NOT NULL, -- 1: less than is credited
    height    INTEGER NOT NULL, -- of its block, 0 while it is in none
    seen      INTEGER NOT NULL, -- time when a block had it first
    credited  INTEGER NOT NULL, -- time, 0 while it is not
    undone    INTEGER NOT NULL, -- time when its credit was taken back last, 0 for never
    UNIQUE (asset, tx, vout)
) STRICT;

CREATE INDEX deposits_by_account ON deposits (account);
CREATE INDEX deposits_by_asset   ON deposits (account, asset);
CREATE INDEX deposits_by_tx      ON deposits (account, tx);
CREATE INDEX deposits_by_height  ON deposits (asset, height);

-- Transactions that the venue planned, counted on each chain from 1.
CREATE TABLE spends (
    asset   INTEGER NOT NULL,
    id      INTEGER NOT NULL, -- SpendID
    tx      BLOB    NOT NULL, -- TxID, empty until it is signed
    height  INTEGER NOT NULL, -- of its block, 0 while it is in none
    PRIMARY KEY (asset, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX spends_by_tx     ON spends (asset, tx);
CREATE INDEX spends_by_height ON spends (asset, height);

-- Which payouts each of them pays.
CREATE TABLE paid (
    asset   INTEGER NOT NULL,
    spend   INTEGER NOT NULL,
    payout  INTEGER NOT NULL,
    PRIMARY KEY (asset, spend, payout)
) STRICT, WITHOUT ROWID;

CREATE INDEX paid_by_payout ON paid (payout, spend);

-- Without a gap from 1. Gift codes, and how they stand.
CREATE TABLE codes (
    id            INTEGER PRIMARY KEY, -- CodeID
    batch         INTEGER NOT NULL, -- the first that was issued with it
    seq           INTEGER NOT NULL, -- of the record
    account       INTEGER NOT NULL, -- whose balance it was
    credential    INTEGER NOT NULL,
    asset         INTEGER NOT NULL,
    amount        INTEGER NOT NULL,
    client        TEXT    NOT NULL, -- of the batch
    made          INTEGER NOT NULL,
    expires       INTEGER NOT NULL,
    state         INTEGER NOT NULL, -- payout.CodeState
    expired       INTEGER NOT NULL, -- 1 where it went back by time
    into_account  INTEGER NOT NULL, -- 0 for none
    payout        INTEGER NOT NULL, -- PayoutID, 0 for none
    updated       INTEGER NOT NULL
) STRICT;

CREATE INDEX codes_by_account ON codes (account);
CREATE INDEX codes_by_client  ON codes (account, client);
CREATE INDEX codes_by_payout  ON codes (payout) WHERE payout > 0;
