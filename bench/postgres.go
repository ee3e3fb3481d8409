package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// postgresClients is how many connections transfer money at once.
const postgresClients = 32

// postgresAccounts is how many accounts the transfers are spread over: enough that few clients wait for each other.
const postgresAccounts = 10_000

// errNoPostgres: this machine has no server to compare with.
var errNoPostgres = errors.New("PostgreSQL is not installed here (Debian package postgresql)")

// postgres is a private cluster in a temporary directory, reached by a socket in it and by nothing else. It is as durable
// as PostgreSQL is unless told otherwise: fsync and synchronous_commit are on.
type postgres struct {
	dir    string
	server *exec.Cmd
	says   bytes.Buffer  // the server's log, for an error
	ended  chan struct{} // closed when the server has
	pool   *pgxpool.Pool
}

// newPostgres makes and starts a cluster with accounts in it, or fails with errNoPostgres.
func newPostgres(ctx context.Context) (*postgres, error) {
	initdb, err := postgresProgram("initdb")
	if err != nil {
		return nil, err
	}
	server, err := postgresProgram("postgres")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "portcullis-bench-*")
	if err != nil {
		return nil, err
	}
	p := &postgres{dir: dir, ended: make(chan struct{})}
	err = p.start(ctx, initdb, server)
	if err == nil {
		err = p.furnish(ctx)
	}
	if err != nil {
		p.remove()
		return nil, fmt.Errorf("bench: PostgreSQL: %w\n%s", err, p.says.Bytes())
	}
	return p, nil
}

// postgresProgram finds a program of the newest installed version. Debian keeps the server's programs off the path.
func postgresProgram(name string) (string, error) {
	if found, err := exec.LookPath(name); err == nil {
		return filepath.EvalSymlinks(found)
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name) // errs on a bad pattern only
	if len(found) == 0 {
		return "", errNoPostgres
	}
	return slices.MaxFunc(found, func(a, b string) int { return len(a) - len(b) + strings.Compare(a, b) }), nil
}

func (p *postgres) start(ctx context.Context, initdb, server string) error {
	data := filepath.Join(p.dir, "data")
	create := exec.CommandContext(ctx, initdb, "--pgdata="+data, "--username=bench", "--auth=trust", "--encoding=UTF8", "--no-locale")
	create.Dir = p.dir
	if err := unprivileged(create, p.dir); err != nil {
		return err
	}
	if out, err := create.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	// Room for a minute of log, so that no checkpoint falls into a measurement.
	p.server = exec.Command(server, "-D", data, "-c", "listen_addresses=", "-c", "unix_socket_directories="+p.dir,
		"-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "max_wal_size=4GB", "-c", "checkpoint_timeout=30min")
	p.server.Dir = p.dir
	p.server.Stdout, p.server.Stderr = &p.says, &p.says
	if err := unprivileged(p.server, p.dir); err != nil {
		return err
	}
	if err := p.server.Start(); err != nil {
		return err
	}
	go func() {
		p.server.Wait() // why it ended is in what it says
		close(p.ended)
	}()
	return p.connect(ctx)
}

// connect waits until the server answers.
func (p *postgres) connect(ctx context.Context) error {
	cfg, err := pgxpool.ParseConfig(fmt.Sprintf("host=%s user=bench dbname=postgres pool_max_conns=%d", p.dir, postgresClients))
	if err != nil {
		return err
	}
	if p.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return err
	}
	for deadline := time.Now().Add(30 * time.Second); ; {
		err := p.pool.Ping(ctx)
		if err == nil || time.Now().After(deadline) {
			return err
		}
		select {
		case <-p.ended:
			return errors.New("the server ended")
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (p *postgres) furnish(ctx context.Context) error {
	for _, sql := range []string{
		`create table account (id int primary key, balance bigint not null check (balance >= 0))`,
		`create table entry (id bigint generated always as identity primary key, payer int not null, payee int not null,
			amount bigint not null, made timestamptz not null default now())`,
		fmt.Sprintf(`insert into account select n, 1000000000 from generate_series(1, %d) n`, postgresAccounts),
		`checkpoint`,
	} {
		if _, err := p.pool.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// round transfers for a span: the rate, and the 99th percentile in milliseconds.
func (p *postgres) round(ctx context.Context) (rate, p99 float64, err error) {
	return flightTest(postgresClients, func(i int) func() error {
		chance := rand.New(rand.NewPCG(uint64(i), 1))
		return func() error {
			payer := 1 + chance.IntN(postgresAccounts)
			payee := 1 + (payer+chance.IntN(postgresAccounts-1))%postgresAccounts
			return p.transfer(ctx, payer, payee, 1)
		}
	})
}

// transfer is a double entry as a careful program makes it: both rows are locked in the order of their ids, the balance
// is looked at, both change, and the entry is kept, in one transaction. Statements are prepared once for each connection.
func (p *postgres) transfer(ctx context.Context, payer, payee int, amount int64) error {
	return pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select id, balance from account where id in ($1, $2) order by id for update`, payer, payee)
		if err != nil {
			return err
		}
		var id int
		var balance, has int64
		_, err = pgx.ForEachRow(rows, []any{&id, &balance}, func() error {
			if id == payer {
				has = balance
			}
			return nil
		})
		if err != nil {
			return err
		}
		if has < amount {
			return errors.New("the payer does not have it")
		}
		var b pgx.Batch
		b.Queue(`update account set balance = balance - $2 where id = $1`, payer, amount)
		b.Queue(`update account set balance = balance + $2 where id = $1`, payee, amount)
		b.Queue(`insert into entry (payer, payee, amount) values ($1, $2, $3)`, payer, payee, amount)
		return tx.SendBatch(ctx, &b).Close()
	})
}

// remove ends the server and takes its directory away.
func (p *postgres) remove() {
	if p.pool != nil {
		p.pool.Close()
	}
	if p.server != nil && p.server.Process != nil {
		p.server.Process.Signal(os.Interrupt) // PostgreSQL's fast shutdown
		select {
		case <-p.ended:
		case <-time.After(30 * time.Second):
			p.server.Process.Kill()
			<-p.ended
		}
	}
	os.RemoveAll(p.dir)
}
