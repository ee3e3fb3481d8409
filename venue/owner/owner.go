package owner

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/engine"
	"portcullis/venue/gift"
)

// Path is where the API begins.
const Path = "/owner/"

// maxBody bounds a request's body, in bytes.
const maxBody = 64 << 10

// Config is what the API needs, all of it but Address.
type Config struct {
	Engine *engine.Engine
	Log    *slog.Logger
	Gifts  *gift.Desk // makes gift codes
	// Client is the network address that a request comes from, and the fingerprint of its client.
	Client func(*http.Request) (netip.Addr, uint64)
	// Weigh takes a request's weight off what its address may ask in a minute. Where that is too much it gives the status to
	// refuse it with, and after how many seconds to come again; 0 where the request may go on.
	Weigh func(*http.Request) (status int, wait int64)
	// Turn waits until the customer's word may go to the engine; leave must then be called.
	Turn func(ctx context.Context, customer instruction.Account) (leave func(), err error)
	// Saw is told of each use of a key that leaves no record of its own: of reading, and of whatever a deleted key or a decoy
	// asks for. Dead says that it is one of those two, proven that its signature was right.
	Saw func(p *instruction.Principal, dead, proven bool)
	// Address says what is wrong with an address on an asset's chain. Nil: only its form is looked at.
	Address func(asset instruction.Asset, address string) error
}

// Server answers the owner's word. Its methods may be called from any goroutine.
type Server struct {
	cfg  Config
	seen seen
}

// New is a server over a running engine.
func New(cfg Config) *Server { return &Server{cfg: cfg} }

// call is one request whose signer is known to be an owner.
type call struct {
	ctx       context.Context
	principal instruction.Principal
	customer  instruction.Account // the master account
	body      []byte
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, no := s.answer(w, r)
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	status := http.StatusOK
	if no != nil {
		if status = no.status; no.wait > 0 {
			h.Set("Retry-After", strconv.FormatInt(no.wait, 10))
		}
		if status == http.StatusTeapot {
			h.Set("Connection", "close")
		}
		answer = no.Failure
	}
	b, err := json.Marshal(answer)
	if err != nil {
		panic("owner: an answer that is no JSON: " + err.Error())
	}
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n')) // a client that went away is told nothing
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request) (any, *refusal) {
	if status, wait := s.cfg.Weigh(r); status != 0 {
		return nil, &refusal{Failure: own("too-many-requests"), status: status, wait: wait}
	}
	if r.URL.Path == documentPath && r.Method == http.MethodGet {
		return Document(), nil
	}
	route, no := find(w, r)
	if no != nil {
		return nil, no
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, refuse(http.StatusRequestEntityTooLarge, "too-long")
	}
	c, no := s.authenticate(r, body, route)
	if no != nil {
		return nil, no
	}
	return route.serve(s, c)
}

// find is the route of a request.
func find(w http.ResponseWriter, r *http.Request) (*route, *refusal) {
	var methods []string
	for i := range routes {
		if x := &routes[i]; x.Path == r.URL.Path {
			if x.Method == r.Method {
				return x, nil
			}
			methods = append(methods, x.Method)
		}
	}
	if methods == nil {
		return nil, refuse(http.StatusNotFound, "no-such-path")
	}
	w.Header().Set("Allow", strings.Join(methods, ", "))
	return nil, refuse(http.StatusMethodNotAllowed, "method-not-allowed")
}

// read shows the durable state.
func (s *Server) read(fn func(*core.State)) *refusal {
	if err := s.cfg.Engine.Read(fn); err != nil {
		return s.silent(err)
	}
	return nil
}
