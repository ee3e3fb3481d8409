// Package backup writes a venue's data into one encrypted file, and makes a data directory of it again.
//
// It owns the form of that file. Write reads the files of a venue that may be running, and changes none of them. Restore
// trusts nothing that it reads: it makes a directory of its own, verifies every file's hash, the journal's chain and the
// state, and only then gives the directory its name; until then nothing is there, and a directory that holds anything is
// refused.
//
// # Form
//
// The file is encrypted to its recipients with age (age-encryption.org/v1), so whoever writes backups cannot read them. Within
// is a tar archive, compressed with gzip:
//
//	backup.json      version of this form, and what the backup says of itself
//	api-keys.csv     a decoy: the canary, dressed as one line of an exported list of keys
//	snapshots/       the newest snapshot
//	journal/         all segments, each up to its last whole frame, with zeros behind it
//	archive.sqlite   history, only where the journal's start is gone; elsewhere it is told anew from the journal
//	manifest.json    size and SHA-256 of each file before it, and the ends of journal and snapshot
//
// What is not in it: the master key, without which the HMAC secrets in it cannot be opened; gift.key, without which no gift code can be
// claimed; TLS keys; the configuration file;
// a demo's credentials, and the chain and the seed of its coin; notices, so that a venue that is restored does not tell its customers again what they were told, and
// those that were not sent yet are sent to nobody. The canary's secret is in no other place; it is not restored.
//
// Age says that nobody changed the file since it was written, not who wrote it: whoever knows a recipient can write another.
// So Restore gives the journal's head and the state's hash, to be compared with what was noted when the backup was made.
package backup
