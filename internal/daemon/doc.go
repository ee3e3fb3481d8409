// Package daemon composes the parts into one running venue: journal, engine, archive, streams, API and operator's socket,
// over one data directory. The program's run command starts it, and so do tests that want the whole venue.
//
// It owns the data directory while it runs, and the order in which things begin and end; it judges nothing and holds no
// money. What it refuses: a directory that another process uses, a journal that is damaged, a master key that is not the
// one that the directory's secrets were sealed under.
//
//	journal/                the record of everything; locked while a venue runs
//	snapshots/              the state at some records, so that a start need not fold all; made again when lost
//	archive.sqlite          history for queries; made again from the journal when lost
//	notices.jsonl           what customers and operator are to be told; older ones beside it, with its cursors
//	master.key              seals the HMAC secrets; only where no other place is named
//	gift.key                what gift codes are stored under; without it none can be claimed
//	operator.sock           takes the operator's commands
//	demo-credentials.json   only in a demo: the keys of its customer
//	demo-chain              likewise: the blocks of the chain on which its coin moves
//	demo-wallet.seed        likewise: what the keys of those coins come from
package daemon
