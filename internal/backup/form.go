package backup

import (
	"errors"
	"fmt"
	"regexp"
)

// version is of the form of the file.
const version = 1

// The names in the file.
const (
	aboutName    = "backup.json"
	decoyName    = "api-keys.csv"
	archiveName  = "archive.sqlite"
	manifestName = "manifest.json"
	snapshotDir  = "snapshots"
	journalDir   = "journal"
)

// dataName matches what is restored, and nothing that leads out of the directory.
var dataName = regexp.MustCompile(`^(snapshots/[0-9]{20}\.snap|journal/[0-9]{20}\.seg|archive\.sqlite)$`)

// maxText bounds the JSON in a backup: a manifest has about 150 bytes for each segment.
const maxText = 64 << 20

var (
	// ErrNewer: the backup was written by a newer version of the program.
	ErrNewer = errors.New("backup: written by a newer version of the program")
	// ErrDamaged: the file is not whole, was changed, or is no backup.
	ErrDamaged = errors.New("backup: the file is damaged")
	// ErrIdentity: none of the identities opens the backup.
	ErrIdentity = errors.New("backup: it was made for other recipients; name the file of the identity that belongs to one of its recipients")
	// ErrNotEmpty: there is something where the directory is to be.
	ErrNotEmpty = errors.New("backup: a backup is restored into a directory that is new or empty")
)

// About is what a backup says of itself.
type About struct {
	Version int    `json:"version"`
	Program string `json:"program"` // version of the program that wrote it
	ID      string `json:"id"`      // by which its canary is known
	Created string `json:"created"`
}

// Manifest is the end of a backup.
type Manifest struct {
	Files    []File `json:"files"`
	First    uint64 `json:"first"`         // record that the journal begins with
	Last     uint64 `json:"last"`          // and ends with
	Head     string `json:"head_hash"`     // of the journal at its end
	Snapshot uint64 `json:"snapshot"`      // record of the snapshot; 0 where there is none
	State    string `json:"snapshot_hash"` // of the state as of that record
}

// File is one file in a backup.
type File struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	Hash string `json:"sha256"`
}

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrDamaged, fmt.Errorf(format, args...))
}
