package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"

	"portcullis/core/instruction"
)

// How many rows a query gives.
const (
	DefaultLimit = 500
	MaxLimit     = 1000
)

// Range says which rows. With From or Start they are the first ones from there, else the newest ones; always ascending.
type Range struct {
	From       uint64           // least id (of orders, trades, a transfer's Seq); 0 means no bound
	Start, End instruction.Time // first and last moment, inclusive; 0 means no bound
	Limit      int              // most rows; 0 or less means DefaultLimit, more than MaxLimit means MaxLimit
}

func (r Range) limit() int {
	if r.Limit <= 0 {
		return DefaultLimit
	}
	return min(r.Limit, MaxLimit)
}

// forward says that the first rows are wanted, not the newest.
func (r Range) forward() bool { return r.From != 0 || r.Start != 0 }

// query is one look at the file, as of one moment.
type query struct {
	ctx context.Context
	tx  *sql.Tx
}

// look runs a query on a connection that only reads.
func (a *Archive) look(ctx context.Context, fn func(query) error) error {
	a.swap.RLock()
	defer a.swap.RUnlock()
	if a.file == nil {
		return ErrClosed
	}
	tx, err := a.file.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err == nil {
		err = fn(query{ctx, tx})
		_ = tx.Rollback() // it only read
	}
	switch {
	case err == nil, errors.Is(err, ErrNotFound):
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	case damaged(err):
		a.suspect.Store(true) // Follow sees it with the next record
	}
	return fmt.Errorf("archive: %w", err)
}

// one reads one row, all zero where there is none.
func (q query) one(text string, args []any, into ...any) error {
	err := q.tx.QueryRowContext(q.ctx, text, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// list reads rows, each by way of the row's fields.
func list[T any](q query, fields func(*T) []any, text string, args ...any) ([]T, error) {
	rows, err := q.tx.QueryContext(q.ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	var row T
	into := fields(&row)
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

// column is a column that never falls from one id to the next, of rows whose ids have no gap.
type column struct {
	last string // SELECT of the last id
	at   string // SELECT of the column at an id, the last parameter
	args []any  // of both
}

var (
	orderTimes    = column{last: "SELECT max(id) FROM orders", at: "SELECT placed FROM orders WHERE id = ?"}
	transferTimes = column{last: "SELECT max(id) FROM transfers", at: "SELECT time FROM transfers WHERE id = ?"}
	moveTimes     = column{last: "SELECT max(id) FROM moves", at: "SELECT time FROM moves WHERE id = ?"}
	transferSeqs  = column{last: transferTimes.last, at: "SELECT seq FROM transfers WHERE id = ?"}
)

func tradeTimes(m instruction.Market) column {
	return column{
		last: "SELECT max(id) FROM trades WHERE market = ?",
		at:   "SELECT time FROM trades WHERE market = ? AND id = ?",
		args: []any{int64(m)},
	}
}

// find is the first id at which the column is at least v; one past the last where there is none.
func (q query) find(c column, v int64) (int64, error) {
	var last sql.NullInt64
	if err := q.one(c.last, c.args, &last); err != nil {
		return 0, err
	}
	at, err := q.tx.PrepareContext(q.ctx, c.at)
	if err != nil {
		return 0, err
	}
	defer at.Close()
	i := sort.Search(int(last.Int64), func(i int) bool {
		if err != nil {
			return true
		}
		var have int64
		err = at.QueryRowContext(q.ctx, append(slices.Clip(c.args), int64(i)+1)...).Scan(&have)
		return have >= v
	})
	return int64(i) + 1, err
}

// ids turns a range into ids: from the first to the last, which is less where there are none.
func (q query) ids(r Range, times column) (first, last int64, err error) {
	first, last = 1, math.MaxInt64
	if r.From > math.MaxInt64 {
		return 1, 0, nil
	}
	first = max(first, int64(r.From))
	if r.Start > 0 {
		from, err := q.find(times, int64(r.Start))
		if err != nil {
			return 0, 0, err
		}
		first = max(first, from)
	}
	if r.End != 0 && r.End != math.MaxInt64 {
		past, err := q.find(times, int64(r.End)+1)
		if err != nil {
			return 0, 0, err
		}
		last = past - 1
	}
	return first, last, nil
}

// order is how rows are sorted so that the wanted ones come first; turn brings them into ascending order.
func (r Range) order() string {
	if r.forward() {
		return "ASC"
	}
	return "DESC"
}

func turn[T any](r Range, rows []T) []T {
	if !r.forward() {
		slices.Reverse(rows)
	}
	return rows
}
