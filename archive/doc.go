// Package archive keeps history for queries: orders, trades, fills, candles, transfers, payouts and deposits, in one SQLite file.
//
// It owns that file and nothing else, and knows nothing that is not in the journal. Follow folds the durable records into
// rows; a crash at any point leaves the rows of a prefix of the journal, and the next Follow goes on behind it. A file that
// is lost, damaged, of an older version or of another journal is filled anew from the first record; once the journal's first
// records were removed that is refused, and the file must come from a backup. So history may lag behind
// the venue, and is short for a while after a rebuild: Applied says how far it is, and Wait waits for a record. What is open
// now is not asked here, but in the engine.
//
// # Who owns what
//
// One goroutine writes, the one inside Follow, on a connection of its own. Queries come from any goroutine and go to a pool
// of read-only connections; under SQLite's write-ahead log neither waits for the other. A query sees one moment: all rows
// of the records up to some sequence and none of a later one.
//
// # Invariants
//
//   - Rows and the sequence they rest on are committed together, as is the SHA-256 of the first and the last record. A
//     record is applied once.
//   - Orders have no gap in their ids, nor the trades of a market; their times never go back. Ranges of time are found by
//     halving over the ids, so that no query looks through rows that it does not return, but for Summary, which reads one
//     minute of trades.
//   - Money is int64 in INTEGER columns of STRICT tables; sums over trades are Volumes of 123 bits. There is no float, and
//     nothing wraps around or saturates.
//   - The same journal gives the same rows, whatever happened on the way.
//
// What it refuses: to touch a database that another program or a newer version made; to begin behind the journal's first
// record; a second Follow beside the first; a query without bound (a Range gives at most MaxLimit rows).
package archive
