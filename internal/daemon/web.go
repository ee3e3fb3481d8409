package daemon

import (
	"crypto/tls"
	_ "embed"
	"errors"
	"html/template"
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"portcullis/core"
	"portcullis/engine"
	"portcullis/venue"
	"portcullis/venue/gift"
	"portcullis/venue/owner"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// pages are what the daemon itself serves beside the API, by their patterns.
func (d *Daemon) pages() map[string]http.Handler {
	return map[string]http.Handler{
		"GET /{$}":     d.venue.Limited(d.index),
		"GET /healthz": d.venue.Limited(d.healthz),
		"GET /readyz":  d.venue.Limited(d.readyz),
		"GET /metrics": d.near(promhttp.HandlerFor(d.metrics, promhttp.HandlerOpts{MaxRequestsInFlight: 4})),
	}
}

// Pages are the patterns of what the daemon itself serves beside the API.
func (d *Daemon) Pages() []string { return slices.Sorted(maps.Keys(d.pages())) }

// server is the API with what stands beside it: the owner's API, the index page, metrics, and whether the venue is well.
func (d *Daemon) server(tls *tls.Config) *http.Server {
	mux := http.NewServeMux()
	mux.Handle("/", d.venue.Handler())
	mux.Handle(owner.Path, d.owner())
	gifts := d.gifts()
	mux.Handle(gift.Path, gifts)
	mux.Handle(gift.Path+"/", gifts)
	for pattern, h := range d.pages() {
		mux.Handle(pattern, h)
	}
	return &http.Server{
		Handler: keeping(mux), ConnContext: withGuest, ConnState: answered, TLSConfig: tls,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      time.Minute, // streams have limits of their own
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(d.log.Handler(), slog.LevelDebug), // strangers write it
	}
}

// ownerWeight is what a request with the owner's word costs its address: some of them look at all the keys that there are.
const ownerWeight = 5

// owner is the API of the owner's word.
func (d *Daemon) owner() http.Handler {
	return owner.New(owner.Config{
		Engine: d.engine, Log: d.log, Gifts: gift.NewDesk(d.pepper), Client: d.venue.Client, Turn: d.venue.OwnerTurn, Saw: d.venue.Saw,
		Weigh:   func(r *http.Request) (int, int64) { return d.venue.Weigh(r, ownerWeight) },
		Address: d.address,
	})
}

// near answers clients on this machine only: figures are nobody else's business.
func (d *Daemon) near(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a := venue.ClientAddr(r, d.cfg.Proxies); !near(a) {
			http.Error(w, "Metrics are shown to clients on the venue's own machine only.", http.StatusForbidden)
			return
		}
		h.ServeHTTP(w, r)
	})
}

func near(a netip.Addr) bool { return a.IsLoopback() }

// healthz says whether the process must be restarted.
func (d *Daemon) healthz(w http.ResponseWriter, _ *http.Request) {
	err := d.engine.Read(func(*core.State) {})
	if why := d.engine.Healthy(); err == nil && errors.Is(why, engine.ErrStopped) { // a full disk needs no restart
		err = why
	}
	say(w, err, "well\n")
}

// readyz says whether orders are taken up now.
func (d *Daemon) readyz(w http.ResponseWriter, _ *http.Request) {
	say(w, d.engine.Healthy(), "ready\n")
}

func say(w http.ResponseWriter, err error, fine string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		fine = err.Error() + "\n"
	}
	_, _ = w.Write([]byte(fine))
}

//go:embed index.html
var indexText string

var indexPage = template.Must(template.New("index").Parse(indexText))

// index says what this is, and where things are.
func (d *Daemon) index(w http.ResponseWriter, r *http.Request) {
	var markets []string
	if err := d.engine.Read(func(s *core.State) {
		for _, m := range s.Markets() {
			markets = append(markets, m.Symbol)
		}
	}); err != nil {
		say(w, err, "")
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	_ = indexPage.Execute(w, map[string]any{"Version": d.cfg.Version, "Markets": markets, "Demo": d.demo != nil})
}

// gauge adds the engine's and the archive's figures to the metrics.
func (d *Daemon) gauge() error {
	figure := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
	}
	connections := func(pick func(open int, turned, yielded uint64) float64) func() float64 {
		return func() float64 { return pick(d.listener.count()) }
	}
	dropped := func(pick func(slow, pressed uint64) uint64) func() float64 {
		return func() float64 { return float64(pick(d.streams.Backlog().Dropped())) }
	}
	counter := func(name, help string, labels prometheus.Labels, value func() float64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: labels}, value)
	}
	if err := d.gaugeNotices(); err != nil {
		return err
	}
	if err := d.metrics.Register(chainGauges{d}); err != nil {
		return err
	}
	const slowHelp = "Connections cut off because they did not read, by the bound that they met: their own, or that of all together."
	for _, c := range []prometheus.Collector{
		figure("portcullis_connections", "Connections to the API.", connections(func(open int, _, _ uint64) float64 { return float64(open) })),
		figure("portcullis_connections_limit", "Connections that there may be, as far as the system's limit on files allows.",
			func() float64 { return float64(d.listener.max) }),
		counter("portcullis_connections_refused_total", "Connections closed at once, because there were too many of them.", nil,
			connections(func(_ int, turned, _ uint64) float64 { return float64(turned) })),
		counter("portcullis_connections_yielded_total", "Connections without a request that were closed to make room for others.", nil,
			connections(func(_ int, _, yielded uint64) float64 { return float64(yielded) })),
		counter("portcullis_slow_readers_dropped_total", slowHelp, prometheus.Labels{"bound": "own"},
			dropped(func(slow, _ uint64) uint64 { return slow })),
		counter("portcullis_slow_readers_dropped_total", slowHelp, prometheus.Labels{"bound": "all"},
			dropped(func(_, pressed uint64) uint64 { return pressed })),
		figure("portcullis_backlog_bytes", "Bytes that wait to be read by clients of streams and of the WebSocket API.",
			func() float64 { return float64(d.streams.Backlog().Used()) }),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		figure("portcullis_journal_records", "Sequence of the last durable record.", func() float64 { return float64(d.engine.Durable()) }),
		figure("portcullis_archive_records", "Record up to which history is there.", func() float64 { return float64(d.archive.Applied()) }),
		figure("portcullis_ready", "1 while instructions are taken up, else 0.", func() float64 { return yes(d.engine.Healthy() == nil) }),
		figure("portcullis_incidents_open", "Incidents that are open: what is taken for a theft of keys, and is not closed yet.", func() float64 {
			open := 0
			if err := d.engine.Glance(func(s *core.State) { open = s.OpenIncidents() }); err != nil {
				return -1
			}
			return float64(open)
		}),
		figure("portcullis_loss_budgets", "1 while loss budgets are in force: an asset is named in which worth is counted.",
			func() float64 { return yes(d.Valuation() != "") }),
		figure("portcullis_reference_missing", "Markets that expect an outside reference and have none that is fresh.", d.stale),
		figure("portcullis_clock_frozen", "1 while waits stand still after a jump of the clock, until the operator confirms it.",
			func() float64 { return yes(d.Frozen() != 0) }),
	} {
		if err := d.metrics.Register(c); err != nil {
			return err
		}
	}
	return nil
}

func yes(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
