package venue

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"portcullis/archive"
	"portcullis/core/instruction"
	"portcullis/engine"
	"portcullis/internal/secret"
	"portcullis/venue/fair"
	"portcullis/venue/gift"
	"portcullis/venue/reference"
	"portcullis/venue/sight"
	"portcullis/venue/stream"

	"github.com/prometheus/client_golang/prometheus"
)

// Secrets opens what was sealed: the HMAC secret of a key, in the context of the key's name.
type Secrets interface {
	Open(sealed, context []byte) (secret.Bytes, error)
}

// Config is what a venue needs. All but Proxies, Hosting, DepositAddress, Address, Limits and Metrics is required.
type Config struct {
	Engine     *engine.Engine
	Archive    *archive.Archive // followed by the caller
	Streams    *stream.Hub      // of the same engine
	ListenKeys *ListenKeys      // which Streams asks; of this venue alone
	Secrets    Secrets
	// Proxies are the networks of proxies in front of the venue. Only what comes from them is believed when it names
	// another client address.
	Proxies []netip.Prefix
	// Hosting says of an address whether it belongs to a hosting company. Nil: nobody knows.
	Hosting func(netip.Addr) bool
	// DepositAddress gives an account its address for deposits of an asset, and issues one where it has none. Its error is
	// ErrNoWallet where nobody works the asset's chain. Nil: there is no wallet.
	DepositAddress func(ctx context.Context, account instruction.Account, asset instruction.Asset) (string, error)
	// Address says what is wrong with an address on an asset's chain. Nil: only its form is looked at.
	Address func(asset instruction.Asset, address string) error
	// Gifts makes gift codes. Nil: there are none.
	Gifts   *gift.Desk
	Limits  Limits
	Log     *slog.Logger
	Metrics prometheus.Registerer // nil: they are counted and shown to nobody
}

// ErrNoWallet: no wallet works the asset's chain, or none does so yet.
var ErrNoWallet = errors.New("venue: no wallet works the asset's chain")

// Venue is the API. Its methods may be called from any goroutine.
type Venue struct {
	engine     *engine.Engine
	streams    *stream.Hub
	listenKeys *ListenKeys
	secrets    Secrets
	proxies    []netip.Prefix
	hosting    func(netip.Addr) bool
	deposit    func(context.Context, instruction.Account, instruction.Asset) (string, error)
	address    func(instruction.Asset, string) error
	gifts      *gift.Desk
	limits     *limits
	log        *slog.Logger
	metrics    *metrics
	markets    catalog
	uses       uses
	sights     *sight.Sights
	watch      *watch
	history    history
	turns      *fair.Queue[line] // before the engine

	closing context.Context // done when the venue stops
	stop    context.CancelFunc

	mu       sync.Mutex // held to begin a session, or to see to it that none begins
	sessions sync.WaitGroup
}

// engineRoom is how many instructions of customers may be with the engine: as many as fill one write to the disk, and an
// eighth of what the engine takes, so that the operator's always find room there. The others wait here, account by account.
var engineRoom = fair.Config{Inside: 1024, Waiting: 4096, Patience: 10 * time.Second}

// New is a venue over a running engine.
func New(cfg Config) (*Venue, error) {
	turns := fair.New[line](engineRoom)
	asking := fair.New[party](historyRoom)
	m, err := newMetrics(cfg.Metrics, turns, asking)
	if err != nil {
		return nil, err
	}
	l := newLimits(cfg.Limits)
	w, err := newWatch(cfg.Engine, l)
	if err != nil {
		return nil, err
	}
	v := &Venue{
		engine: cfg.Engine, streams: cfg.Streams, listenKeys: cfg.ListenKeys, secrets: cfg.Secrets, proxies: cfg.Proxies, hosting: cfg.Hosting, limits: l,
		deposit: cfg.DepositAddress, address: cfg.Address, gifts: cfg.Gifts,
		log: cfg.Log, metrics: m, watch: w, history: history{cfg.Archive, cfg.Engine, cfg.Log, maxLag, asking}, turns: turns,
	}
	if v.sights, err = sight.New(cfg.Engine, cfg.Metrics); err != nil {
		return nil, err
	}
	cfg.ListenKeys.sights = v.sights
	v.closing, v.stop = context.WithCancel(context.Background())
	return v, nil
}

// sockets are the paths of WebSocket connections, with who serves them. Streams are also named below /ws/.
var sockets = map[string]func(*Venue, http.ResponseWriter, *http.Request){
	"/ws-api/v3": (*Venue).serveWS, "/ws-api/v3/": (*Venue).serveWS,
	"/ws": (*Venue).serveStreams, "/stream": (*Venue).serveStreams, "/stream/": (*Venue).serveStreams,
}

func (v *Venue) serveStreams(w http.ResponseWriter, r *http.Request) { v.streams.ServeHTTP(w, r) }

// Handler serves the whole API: /ws-api/v3, the streams at /ws and /stream, its own reference at /docs and below it, /openapi.json
// and /asyncapi.json, and REST at every other path.
func (v *Venue) Handler() http.Handler {
	document := v.limited(documentWeight, serveDocument)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		if socket := sockets[path]; socket != nil {
			socket(v, w, r)
			return
		}
		switch {
		case strings.HasPrefix(path, "/ws/"):
			v.serveStreams(w, r)
		case documents[path].body != nil:
			document(w, r)
		default:
			v.serveREST(w, r)
		}
	})
}

// Paths are those that Handler serves beside the requests of the dialect.
func Paths() []string {
	list := []string{"/ws/{streams}", reference.ReasonsPath + "/{code}"}
	for path := range sockets {
		if path[len(path)-1] != '/' {
			list = append(list, path)
		}
	}
	for path := range documents {
		if !strings.HasPrefix(path, reference.ReasonsPath+"/") {
			list = append(list, path)
		}
	}
	slices.Sort(list)
	return list
}

// Saw takes note of a use of a key that another edge saw: dead, of a deleted key or a decoy; proven, by a signature.
func (v *Venue) Saw(p *instruction.Principal, dead, proven bool) { v.sights.Saw(p, dead, proven) }

// begin counts a session in, unless the venue is stopping.
func (v *Venue) begin() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closing.Err() != nil {
		return false
	}
	v.sessions.Add(1)
	return true
}

// Close ends the connections of the WebSocket API, each with a reason, and waits for them. Requests over HTTP are the
// http.Server's to end; engine, archive and streams are the caller's.
func (v *Venue) Close() error {
	v.mu.Lock()
	v.stop()
	v.mu.Unlock()
	v.sessions.Wait()
	return nil
}
