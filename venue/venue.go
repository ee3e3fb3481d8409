package venue

import (
	"log/slog"
	"net/http"
	"net/netip"

	"portcullis/archive"
	"portcullis/engine"
	"portcullis/internal/secret"
	"portcullis/venue/stream"
)

// Secrets opens what was sealed: the HMAC secret of a key, in the context of the key's name.
type Secrets interface {
	Open(sealed, context []byte) (secret.Bytes, error)
}

// Config is what a venue needs. All but Proxies and Limits is required.
type Config struct {
	Engine  *engine.Engine
	Archive *archive.Archive // followed by the caller
	Streams *stream.Hub      // of the same engine
	Secrets Secrets
	// Proxies are the networks of proxies in front of the venue. Only what comes from them is believed when it names
	// another client address.
	Proxies []netip.Prefix
	Limits  Limits
	Log     *slog.Logger
}

// Venue is the API. Its methods may be called from any goroutine.
type Venue struct {
	engine  *engine.Engine
	secrets Secrets
	proxies []netip.Prefix
	limits  *limits
	log     *slog.Logger
	markets catalog
	streams *stream.Hub
	watch   *watch
	history history
}

// New is a venue over a running engine.
func New(cfg Config) (*Venue, error) {
	w, err := newWatch(cfg.Engine)
	if err != nil {
		return nil, err
	}
	return &Venue{
		engine: cfg.Engine, secrets: cfg.Secrets, proxies: cfg.Proxies, limits: newLimits(cfg.Limits), log: cfg.Log,
		streams: cfg.Streams, watch: w, history: history{cfg.Archive, cfg.Engine, cfg.Log},
	}, nil
}

// Handler serves the whole API.
func (v *Venue) Handler() http.Handler { return http.HandlerFunc(v.serveREST) }
