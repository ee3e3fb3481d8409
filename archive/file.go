package archive

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed schema.sql
var schema string

// What schema.sql writes into the file's header.
const (
	applicationID = 1346584914
	version       = 8
)

// readers is how many queries run at once; more wait.
const readers = 8

// errVersion: the file is ours, and of another version.
var errVersion = errors.New("it has another version")

// errDamaged: a query found the file damaged.
var errDamaged = errors.New("a query found it damaged")

// file is the open database.
type file struct {
	write   *sql.DB // one connection
	read    *sql.DB
	applied uint64 // as it was when opened
}

// openFile opens a database, and makes room for a new one where there is none that can be used.
func openFile(path string) (*file, error) {
	f, err := tryFile(path)
	switch {
	case errors.Is(err, errVersion): // kept, for a journal whose start is gone cannot tell it again
		slog.Warn("archive: history is rebuilt from the journal", "file", path, "why", err, "set aside", older(path))
		err = move(path, older(path))
	case damaged(err):
		slog.Warn("archive: history is rebuilt from the journal", "file", path, "why", err, "set aside", aside(path))
		err = setAside(path)
	default:
		return f, err
	}
	if err != nil {
		return nil, err
	}
	return tryFile(path)
}

func tryFile(path string) (*file, error) {
	if err := touch(path); err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	if err := prepare(path); err != nil {
		return nil, err
	}
	f := new(file)
	var err error
	// The write-ahead log takes 16 MB of pages before they are moved, and is cut to 64 MB after a large transaction.
	f.write, err = sql.Open("sqlite", dsn(path, "rw", "busy_timeout(10000)", "journal_mode(wal)", "synchronous(normal)",
		"cache_size(-32768)", "wal_autocheckpoint(4096)", "journal_size_limit(67108864)"))
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	f.write.SetMaxOpenConns(1)
	if err := f.write.QueryRow("SELECT applied FROM progress").Scan(&f.applied); err != nil {
		return nil, errors.Join(fmt.Errorf("archive: %s: %w", path, err), f.write.Close())
	}
	f.read, err = sql.Open("sqlite", dsn(path, "ro", "busy_timeout(10000)", "query_only(1)"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("archive: %w", err), f.write.Close())
	}
	f.read.SetMaxOpenConns(readers)
	f.read.SetMaxIdleConns(readers)
	return f, nil
}

func (f *file) close() error { return errors.Join(f.read.Close(), f.write.Close()) }

// touch makes an empty file where there is none: SQLite would let everybody read it, and gives its log the same mode.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// prepare holds what is in the file against what this program writes, before anything is changed in it. An empty file
// gets its tables.
func prepare(path string) (err error) {
	db, err := sql.Open("sqlite", dsn(path, "rw", "busy_timeout(10000)"))
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()
	var tables, app, user int
	row := db.QueryRow("SELECT (SELECT count(*) FROM sqlite_schema), application_id, user_version" +
		" FROM pragma_application_id, pragma_user_version")
	if err := row.Scan(&tables, &app, &user); err != nil {
		return fmt.Errorf("archive: %s: %w", path, err)
	}
	switch {
	case tables == 0 && app == 0:
		return create(db)
	case app != applicationID:
		return fmt.Errorf("%w: %s", ErrForeign, path)
	case user > version:
		return fmt.Errorf("%w: %s has version %d, and this program knows up to %d: use the program that wrote it, or move the file away to have history told anew",
			ErrNewer, path, user, version)
	case user != version:
		return fmt.Errorf("%w: %d, this program writes %d", errVersion, user, version)
	}
	return nil
}

// create makes all tables, or none.
func create(db *sql.DB) error {
	tx, err := db.BeginTx(context.Background(), nil)
	if err == nil {
		_, err = tx.Exec(schema)
	}
	if err == nil {
		err = tx.Commit()
	} else if tx != nil {
		err = errors.Join(err, tx.Rollback())
	}
	if err != nil {
		return fmt.Errorf("archive: making the tables: %w", err)
	}
	return nil
}

// dsn names a database file, whatever characters its path has.
func dsn(path, mode string, pragmas ...string) string {
	full, err := filepath.Abs(path)
	if err != nil {
		full = path
	}
	u := url.URL{Scheme: "file", Path: full, RawQuery: url.Values{
		"mode": {mode}, "_txlock": {"immediate"}, "_pragma": pragmas,
	}.Encode()}
	return u.String()
}

// damaged says that the file is no database, or a broken one.
func damaged(err error) bool {
	var e *sqlite.Error
	if errors.As(err, &e) {
		code := e.Code() & 0xff
		return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
	}
	return errors.Is(err, errDamaged)
}

// parts are the files of a database: itself, its write-ahead log and the index of that.
func parts(path string) [3]string { return [3]string{path, path + "-wal", path + "-shm"} }

// aside is where a damaged file goes; one that was there before is replaced, so that they do not fill the disk.
func aside(path string) string { return path + ".damaged" }

// older is where a file of an older version goes.
func older(path string) string { return path + ".older" }

func setAside(path string) error { return move(path, aside(path)) }

func move(path, name string) error {
	to := parts(name)
	for i, p := range parts(path) {
		err := os.Rename(p, to[i])
		if errors.Is(err, os.ErrNotExist) {
			err = os.Remove(to[i]) // of one set aside earlier
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("archive: %w", err)
		}
	}
	return nil
}

func discard(path string) error {
	for _, p := range parts(path) {
		if err := os.Remove(p); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("archive: %w", err)
		}
	}
	return nil
}
