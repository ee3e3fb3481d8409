// Package notice tells customers and the operator what concerns them: what waits for a customer's word and how to stop it,
// what became of a key or a withdrawal, that a theft is suspected.
//
// It owns the outbox, which is files in the data directory, and two cursors. Follow turns durable records into notices and
// appends them; a Sender posts what is in the outbox to a webhook. Neither holds up the venue: both only read what is
// durable already, and a disk or a receiver that fails is tried again, for ever.
//
//	notices.jsonl                one notice a line, the newest last
//	notices-<first record>.jsonl older ones: notices.jsonl gets such a name when it has 16 MiB
//	notices.cursor               up to which record notices have been taken, and the hash of that record
//	notices.sent                 the notice that the webhook took last
//
// # Invariants
//
//   - A record's notices are a function of the record and of what never changes, so that they can be counted: the number of a
//     notice, record-n, stays the same however often the record is taken. Only sentences may differ, in the calendar time of
//     a wait, which is told as it stands.
//   - Every notice is in the outbox once. Lines are synced before the cursor moves behind their record. After a crash a torn
//     line is cut off, and the last whole one says where to go on, though the cursor be older.
//   - A webhook gets every notice at least once, in the outbox's order, the same one always under the same id.
//   - Nothing here is a secret or personal: names, labels and people's network addresses do not get in. The address that a
//     withdrawal goes to does, for its owner must see it; so does the network of an incident, and the reason of a lock.
//
// What it refuses: to tell what happened before its outbox began, so that a venue that is restored from a backup does not
// tell its customers again what they were told; to be of another journal than the cursor's, in which case the outbox is set
// aside. One goroutine follows, one sends; any may read.
package notice
