package venue

import (
	"log/slog"
	"net/http"
	"net/netip"

	"portcullis/engine"
	"portcullis/internal/secret"
)

// Secrets opens what was sealed: the HMAC secret of a key, in the context of the key's name.
type Secrets interface {
	Open(sealed, context []byte) (secret.Bytes, error)
}

// Config is what a venue needs. Engine, Secrets and Log are required.
type Config struct {
	Engine  *engine.Engine
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
	closed  *closings
}

// New is a venue over a running engine.
func New(cfg Config) (*Venue, error) {
	v := &Venue{
		engine: cfg.Engine, secrets: cfg.Secrets, proxies: cfg.Proxies,
		limits: newLimits(cfg.Limits), log: cfg.Log, closed: newClosings(),
	}
	if err := v.closed.follow(cfg.Engine); err != nil {
		return nil, err
	}
	return v, nil
}

// Handler serves the whole API.
func (v *Venue) Handler() http.Handler { return http.HandlerFunc(v.serveREST) }
