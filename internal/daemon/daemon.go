package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/engine"
	"portcullis/identity/notice"
	"portcullis/internal/hosting"
	"portcullis/internal/local"
	"portcullis/internal/seal"
	"portcullis/journal"
	"portcullis/operator"
	"portcullis/reference"
	"portcullis/venue"
	"portcullis/venue/gift"
	"portcullis/venue/stream"
	"portcullis/wallet"

	"github.com/prometheus/client_golang/prometheus"
)

// Daemon is a running venue. Its methods may be called from any goroutine.
type Daemon struct {
	cfg       Config
	log       *slog.Logger
	started   time.Time
	engine    *engine.Engine
	journal   *journal.Files
	kek       *seal.Keys
	pepper    *gift.Pepper // of gift codes
	archive   *archive.Archive
	filled    atomic.Pointer[archive.Archive] // the same, for trim, which may come before it is open
	notices   *notice.Outbox
	sender    *notice.Sender // nil where there is no webhook
	streams   *stream.Hub
	venue     *venue.Venue
	operator  *operator.Server
	web       *http.Server
	metrics   *prometheus.Registry
	hosting   *hosting.List   // nil where no file of them is named
	reference *reference.Feed // nil where no outside reference is named
	listener  *crowd
	serving   bool // the listener belongs to web
	demo      *Demo
	wallet    *wallet.Wallet // nil where nothing moves on a chain

	running sync.WaitGroup     // what must end before the engine
	history sync.WaitGroup     // the feeds of archive and notices, which end with the engine
	ending  context.Context    // of those feeds: done when they have had their time
	end     context.CancelFunc // of ending
	failed  chan error         // has room for all that can fail

	closing sync.Once
	closed  chan struct{} // closed when closing begins
	outcome error         // of closing
}

// Start starts a venue. When it returns without an error, everything is ready; ctx ends a start that takes too long, and
// nothing after that. On an error everything that had begun is ended.
func Start(ctx context.Context, cfg Config) (*Daemon, error) {
	d := &Daemon{cfg: cfg, log: cfg.Log, started: time.Now(), metrics: prometheus.NewRegistry(), failed: make(chan error, 5), closed: make(chan struct{})}
	d.ending, d.end = context.WithCancel(context.Background())
	for _, step := range []func(context.Context) error{
		d.openEngine, d.openKeys, d.openGifts, d.openNotices, d.setUpRules, d.setUpDemo, d.tellWorth, d.openReference, d.openHosting, d.openInquest, d.watchClock, d.openArchive, d.openWallet, d.openVenue, d.listen, d.openSocket, d.runWallet, d.serve, d.runDemo,
	} {
		err := ctx.Err()
		if err == nil {
			err = step(ctx)
		}
		if err != nil {
			return nil, errors.Join(err, d.Close())
		}
	}
	return d, nil
}

// retryHistory is how long history waits after it failed before it goes on.
const retryHistory = 5 * time.Second

// openArchive opens history and keeps it filled.
func (d *Daemon) openArchive(context.Context) error {
	a, err := archive.Open(filepath.Join(d.cfg.Dir, archiveFile))
	if err != nil {
		return err
	}
	d.archive = a
	d.filled.Store(a)
	d.history.Go(func() {
		for {
			err := a.Follow(d.ending, d.engine)
			if err == nil || d.ending.Err() != nil {
				return
			}
			d.log.Error("history stands still; trading is not affected", "err", err, "again in", retryHistory)
			select {
			case <-time.After(retryHistory):
			case <-d.closed:
				return
			}
		}
	})
	return nil
}

// openVenue opens streams and API.
func (d *Daemon) openVenue(context.Context) error {
	client := func(r *http.Request) netip.Addr { return venue.ClientAddr(r, d.cfg.Proxies) }
	keys := venue.NewListenKeys(d.engine)
	places := room(openFiles()) // a quarter is for requests over HTTP, which do not stay
	hub, err := stream.New(d.engine, stream.Config{
		Beat: time.Tick(100 * time.Millisecond), ClientAddr: client, ListenKey: keys.Owner, Archive: d.archive, Log: d.log,
		Connections: places / 2,
	})
	if err != nil {
		return err
	}
	d.streams = hub
	limits := d.cfg.Limits
	limits.Sessions = places / 4
	cfg := venue.Config{
		Engine: d.engine, Archive: d.archive, Streams: hub, ListenKeys: keys, Secrets: d.kek, Gifts: gift.NewDesk(d.pepper), Proxies: d.cfg.Proxies, Limits: limits, Log: d.log, Metrics: d.metrics,
	}
	if d.hosting != nil {
		cfg.Hosting = d.hosting.Has
	}
	d.lend(&cfg)
	d.venue, err = venue.New(cfg)
	return err
}

// listen takes the API's address; nobody is served yet.
func (d *Daemon) listen(context.Context) error {
	tls, err := d.cfg.certificate()
	if err != nil {
		return err
	}
	l, err := d.cfg.listen()
	if err != nil {
		return err
	}
	files := openFiles()
	if n := room(files); n < fewOpen {
		d.log.Warn("the system lets this process open few files, so that it takes fewer connections than it could; raise the hard limit (ulimit -Hn, LimitNOFILE)",
			"files", files, "connections", n, "could be", maxOpen)
	}
	d.listener = newCrowd(l, room(files), d.cfg.Proxies, d.engine.Now)
	d.web = d.server(tls)
	return d.gauge()
}

// serve begins to answer. It comes after the operator's socket: who is told that the venue is ready finds both.
func (d *Daemon) serve(context.Context) error {
	l := venue.ProxyListener(d.listener, d.cfg.Proxies)
	d.serving = true
	go func() {
		var err error
		if d.web.TLSConfig != nil {
			err = d.web.ServeTLS(l, "", "")
		} else {
			err = d.web.Serve(l)
		}
		if !errors.Is(err, http.ErrServerClosed) {
			d.failed <- fmt.Errorf("the API stopped: %w", err)
		}
	}()
	return nil
}

// openSocket opens the operator's socket, and that of other operators where there are some.
func (d *Daemon) openSocket(context.Context) error {
	if err := d.cfg.others(); err != nil {
		return err
	}
	l, err := local.Listen(Socket(d.cfg.Dir))
	if err != nil {
		return fmt.Errorf("the operator's socket: %w", err)
	}
	sockets := []*net.UnixListener{l}
	if d.cfg.Socket != "" {
		if l, err = local.ListenAll(d.cfg.Socket); err != nil {
			return errors.Join(fmt.Errorf("the operator's socket: %w", err), sockets[0].Close())
		}
		sockets, d.cfg.Socket = append(sockets, l), l.Addr().String()
		d.log.Info("other users may give the operator's commands", "users", d.cfg.Operators, "socket", d.cfg.Socket)
	}
	d.operator = operator.New(operator.Config{
		Engine: d.engine, Archive: d.archive, Master: d.kek, Log: d.log, Operators: d.cfg.Operators, Status: d.status, Network: network,
	})
	for _, l := range sockets {
		go func() {
			if err := d.operator.Serve(l); err != nil {
				d.failed <- err
			}
		}()
	}
	return nil
}

// status fills in what the engine does not know.
func (d *Daemon) status(s *operator.Status) {
	s.Version, s.Data, s.BaseURL, s.Archived = d.cfg.Version, d.cfg.Dir, d.BaseURL(), d.archive.Applied()
	s.Socket = d.cfg.Socket
	s.References = d.told()
	s.Chains = d.chains()
	s.Started = d.started.UTC().Format(time.RFC3339)
}

// BaseURL is where the API is, such as http://127.0.0.1:8420.
func (d *Daemon) BaseURL() string {
	scheme := "http"
	if d.cfg.TLSCert != "" {
		scheme = "https"
	}
	return scheme + "://" + d.listener.Addr().String()
}

// Addr is the API's address.
func (d *Daemon) Addr() net.Addr { return d.listener.Addr() }

// Socket is the path of the operator's socket.
func (d *Daemon) Socket() string { return Socket(d.cfg.Dir) }

// Engine is the engine that runs.
func (d *Daemon) Engine() *engine.Engine { return d.engine }

// Demo is the demo's customer, nil where there is no demo.
func (d *Daemon) Demo() *Demo { return d.demo }

// Failed receives what makes it pointless to go on. The venue must then be closed.
func (d *Daemon) Failed() <-chan error { return d.failed }

// Frozen is the time at which waits stand still after a jump of the clock, 0 while they run.
func (d *Daemon) Frozen() instruction.Time {
	var t instruction.Time
	_ = d.engine.Read(func(s *core.State) { t = s.Clock().Frozen })
	return t
}

// finish is how long requests under way get to end, and then history to catch up.
const finish = 10 * time.Second

// Close stops taking requests, lets those under way end, ends the streams, and closes engine, archive and journal, in this
// order. It can be called more than once.
func (d *Daemon) Close() error {
	d.closing.Do(func() {
		close(d.closed)
		d.outcome = d.close()
	})
	return d.outcome
}

func (d *Daemon) close() error {
	var errs []error
	ctx, cancel := context.WithTimeout(context.Background(), finish)
	defer cancel()
	if d.operator != nil {
		errs = append(errs, d.operator.Close(ctx))
	}
	if d.demo != nil {
		d.demo.stop()
	}
	d.running.Wait()
	errs = append(errs, d.closeAPI(ctx))
	if d.archive != nil {
		d.drain()
	}
	if d.engine != nil {
		errs = append(errs, d.engine.Close())
	}
	d.history.Wait() // the last records are in memory
	if d.notices != nil {
		errs = append(errs, d.notices.Close())
	}
	if d.archive != nil {
		errs = append(errs, d.archive.Close())
	}
	if d.demo != nil && d.demo.chain != nil {
		errs = append(errs, d.demo.chain.Close())
	}
	d.end()
	return errors.Join(errs...)
}

// closeAPI takes no connection any more, lets requests under way be answered, and ends the streams, each with a reason.
func (d *Daemon) closeAPI(ctx context.Context) error {
	var errs []error
	if d.listener != nil && !d.serving { // else it is the server's to close
		errs = append(errs, d.listener.Close())
	}
	if d.web != nil {
		err := d.web.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			d.log.Warn("some requests were not answered in time and are cut off", "after", finish)
			err = d.web.Close()
		}
		errs = append(errs, err)
	}
	if d.venue != nil {
		errs = append(errs, d.venue.Close())
	}
	if d.streams != nil {
		d.streams.Close()
	}
	return errors.Join(errs...)
}

// drain lets history and notices take up what is durable, for as long as there is patience; what is missing then comes at the next
// start. It needs the journal, which closes with the engine.
func (d *Daemon) drain() {
	ctx, cancel := context.WithTimeout(context.Background(), finish)
	defer cancel()
	if err := d.archive.Wait(ctx, d.engine.Durable()); err != nil {
		d.log.Warn("history has not caught up; it goes on at the next start", "applied", d.archive.Applied(), "records", d.engine.Durable(), "err", err)
		d.end()
	}
	if err := d.notices.Wait(ctx, d.engine.Durable()); err != nil {
		d.log.Warn("notices have not caught up; they go on at the next start", "taken", d.notices.Taken(), "records", d.engine.Durable(), "err", err)
		d.end()
	}
}
