package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// Copy writes a copy of an archive into a new file, while it is being filled or not: all rows of the records up to some
// sequence, and none of a later one. It gives that sequence.
func Copy(ctx context.Context, path, to string) (applied uint64, err error) {
	if _, err := os.Stat(path); err != nil {
		return 0, fmt.Errorf("archive: %w", err)
	}
	db, err := sql.Open("sqlite", dsn(path, "ro", "busy_timeout(10000)", "query_only(0)"))
	if err != nil {
		return 0, fmt.Errorf("archive: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := touch(to); err != nil {
		return 0, fmt.Errorf("archive: %w", err)
	}
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", to); err != nil {
		return 0, fmt.Errorf("archive: copying %s: %w", path, err)
	}
	f, err := tryFile(to)
	if err != nil {
		return 0, err
	}
	return f.applied, f.close()
}
