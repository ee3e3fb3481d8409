package archive

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"modernc.org/sqlite"
)

// TestPlans: whatever is asked, SQLite finds it by key or index, between two ends and already in order. A query that looks
// through a table, or begins at the wrong end of an account's history, would be bounded by nothing.
func TestPlans(t *testing.T) {
	v := at(t, t.TempDir(), 59)
	v.trade(200)
	p := path(t)
	a := filled(t, p, v)
	seen := &spy{dsn: dsn(p, "ro")}
	if err := a.file.read.Close(); err != nil {
		t.Fatal(err)
	}
	a.file.read = sql.OpenDB(seen)
	q := &asker{t, a, modelOf(t, v, v.Durable()), rand.New(rand.NewPCG(59, 2))}
	q.ask(60)
	if len(seen.texts) < 20 {
		t.Fatalf("only %d queries were seen", len(seen.texts))
	}
	byOrder := 0
	for _, text := range slices.Clone(seen.texts) {
		for _, step := range plan(t, a.file.read, text) {
			if strings.Contains(step, "fills_by_order (order_id=? AND account=? AND market=? AND trade>? AND trade<?)") {
				byOrder++
			}
			if strings.HasPrefix(step, "SCAN") && step != "SCAN CONSTANT ROW" || strings.Contains(step, "TEMP B-TREE") {
				t.Errorf("%s: %s", step, text)
			}
			if strings.Contains(step, ">?") != strings.Contains(step, "<?") {
				t.Errorf("looks from one end only: %s: %s", step, text)
			}
		}
	}
	if byOrder != 2 { // oldest and newest first
		t.Errorf("%d queries find fills by their order", byOrder)
	}
	for _, text := range []string{writes[setOrder], writes[putCandle], writes[setPayout], writes[claimCode], writes[returnCode], writes[unpaidCode],
		writes[findDeposit], writes[liftDeposits], writes[showSpend], ownSpend, minedAbove} {
		for _, step := range plan(t, a.file.write, text) {
			if strings.HasPrefix(step, "SCAN") {
				t.Errorf("%s: %s", step, text)
			}
		}
	}
	// What such a plan looks like.
	if bad := plan(t, a.file.read, "SELECT id FROM orders WHERE price = 1 ORDER BY qty"); len(bad) != 2 ||
		!strings.HasPrefix(bad[0], "SCAN") || !strings.Contains(bad[1], "TEMP B-TREE") {
		t.Errorf("%q", bad)
	}
}

func plan(t *testing.T, db *sql.DB, text string) (steps []string) {
	t.Helper()
	rows, err := db.Query("EXPLAIN QUERY PLAN "+text, slices.Repeat([]any{1}, 18)...)
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}

// spy gives connections that note what is asked.
type spy struct {
	dsn   string
	mu    sync.Mutex
	texts []string
}

func (s *spy) Driver() driver.Driver { return &sqlite.Driver{} }

func (s *spy) Connect(context.Context) (driver.Conn, error) {
	c, err := s.Driver().Open(s.dsn)
	return spyConn{c, s}, err
}

func (s *spy) note(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !strings.HasPrefix(text, "EXPLAIN") && !slices.Contains(s.texts, text) {
		s.texts = append(s.texts, text)
	}
}

type spyConn struct {
	driver.Conn
	spy *spy
}

func (c spyConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	c.spy.note(text)
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, text, args)
}

func (c spyConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	c.spy.note(text)
	return c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, text)
}

func (c spyConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
}
