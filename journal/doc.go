// Package journal is an append-only log of opaque records, durable before it answers.
//
// It owns the files of one directory and nothing else. It knows bytes, not domains: what a record means, who may
// write one and when a record is too old to keep is the caller's business. It refuses a batch out of sequence, a
// second process on the same directory, and to open a directory whose content no crash can explain.
//
// # Form
//
// A log is a row of segments. A segment is a file of fixed size, named by the sequence of its first record, filled
// with zeros and synced before it takes its name, so that making a frame durable moves no metadata. Its first sector
// is a header; frames follow, each beginning at a multiple of 512 bytes. A frame is one group commit: a header, the
// records of one Batch each with its length before it, and zeros up to the next sector. All integers are little-endian.
//
//	segment header        bytes   frame header            bytes
//	magic "PCJSEGMT"      0..8    mark of the segment     0..8
//	version, reserved 0   8..16   CRC32C of this header   8..12
//	first sequence        16..24  CRC32C of the records   12..16
//	size of the file      24..32  magic "PJFR"            16..20    hashed from here on
//	mark                  32..40  version, reserved 0     20..24
//	hash before it        40..72  first sequence          24..32
//	CRC32C of 0..72       72..76  count of records        32..36
//	zeros                 ..512   length of the records   36..40
//	                              hash of the one before  40..72
//
// The hash of a frame is SHA-256 over its bytes from the magic to the last record, so each frame commits to all before
// it, and to nothing that depends on where it lies: a copy in another log has the same hash. The first has zeros
// before it.
//
// # Who owns what
//
// One writer at a time is inside Append; it alone moves the end. Readers run beside it and see only what is durable.
// The next segment is made ahead by one background task, which touches only a file that is not yet part of the log.
//
// # Invariants
//
//   - When Append has returned nil its records are on disk: they survive the end of the process and of the power.
//   - A batch is in the log whole or not at all. One whose Append did not return nil may be there after a restart,
//     whole, as the last frame; never in part, never before another.
//   - Sequences have no gap, and begin at 1 unless RemoveBefore took the start away.
//   - After one write or sync error nothing more is appended: what is on disk is unknown then, and only opening the
//     directory anew settles it.
//
// # What a power loss can leave
//
// The assumption is that a sector of 512 bytes (or any multiple, such as 4 KiB) then holds what was there before or
// what was written, and that sectors of one write reach the disk in any order. Writing identical bytes again is
// harmless. From this, and from writing a frame only once the one before it is synced, follows all that opening does:
//
//   - Only the frame after the last durable one can be torn, and it was written over zeros. Frames share no sector, so
//     no durable frame suffers, even where a file system writes the whole page again.
//   - A frame's header lies in one sector: after a crash it is whole, or zeros. If it is whole and records are missing,
//     at least one sector of the frame is zeros and the records' checksum fails. If it is zeros, whatever lies after
//     it is a remainder. Both are cut: zeroed, synced, reported by Recovered. That a torn frame passes its checksum by
//     chance is 1 in 2^32 for each crash that tears one, and its record lengths would have to agree as well.
//   - Nothing inside a torn frame is taken for a frame of its own, though callers put strangers' bytes into records: a
//     frame counts only with the random mark of its segment, which is written nowhere else and shown to nobody. So no
//     client can craft a request which, torn at the right place, looks like a later frame and stops the next start.
//   - Everything else is no crash but damage, and opening stops with a DamageError rather than drop records that were
//     acknowledged: a valid frame after an invalid one, a header of neither sort, a last frame without a single zero
//     sector which still fails its checksum, bytes behind the end of the torn frame, a broken chain, a gap.
//   - Two faults leave no trace: a last frame of which the disk lost a sector after having confirmed it looks like a torn
//     write, and a log whose last segments somebody deleted looks like a shorter one. Who keeps Last and Head elsewhere
//     (a snapshot, a replica) finds them by comparison.
//   - A segment gets its name only when it is whole and synced, so a crash while making one leaves a spare file, which
//     the next one replaces.
//   - Pages that the system failed to write may read back well until the power goes. So opening first writes the last
//     frame again and syncs it; until that has succeeded it is not called durable.
//
// Why 512 bytes: smaller units would let two frames share a sector; with 4 KiB a venue with ten commits a second
// would write 3.5 GB a day instead of 0.4, and gain only against disks that break the assumption above.
//
// Preallocated space is a promise only on file systems that write in place (ext4, XFS). On those that copy on write a
// full disk may meet a frame under way; the log is then broken until it is opened anew, and still loses nothing.
package journal
