package bench

import (
	"errors"
	"os"
	"testing"
)

// TestPostgres: a transfer moves money between two rows and leaves its entry, in a server that is durable and ends with
// the measurement.
func TestPostgres(t *testing.T) {
	p, err := newPostgres(t.Context())
	if errors.Is(err, errNoPostgres) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer p.remove()
	for range 3 {
		if err := p.transfer(t.Context(), 7, 3, 10); err != nil {
			t.Fatal(err)
		}
	}
	var payer, payee, entries, sum int64
	row := p.pool.QueryRow(t.Context(), `select (select balance from account where id = 7), (select balance from account where id = 3),
		(select count(*) from entry where payer = 7 and payee = 3 and amount = 10), (select sum(balance) from account)`)
	if err := row.Scan(&payer, &payee, &entries, &sum); err != nil {
		t.Fatal(err)
	}
	if payer != 1e9-30 || payee != 1e9+30 || entries != 3 || sum != postgresAccounts*1e9 {
		t.Errorf("payer %d, payee %d, %d entries, in all %d", payer, payee, entries, sum)
	}
	if err := p.transfer(t.Context(), 7, 3, 1e10); err == nil {
		t.Error("an account gave what it does not have")
	}
	for _, name := range []string{"fsync", "synchronous_commit"} {
		var is string
		if err := p.pool.QueryRow(t.Context(), "show "+name).Scan(&is); err != nil || is != "on" {
			t.Errorf("%s is %q, %v", name, is, err)
		}
	}
	pid := p.server.Process.Pid
	p.remove()
	if p.server.ProcessState == nil {
		t.Errorf("the server, process %d, goes on", pid)
	}
	if _, err := os.Stat(p.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its directory stays: %v", err)
	}
}
