package signer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"portcullis/internal/local"
)

const (
	maxConns   = 64               // connections at one time; a wallet has some sixteen
	idle       = 30 * time.Second // for the next request to be there whole, and for a reply to be taken
	atOnce     = time.Second      // for whoever is turned away to take the reason
	patientFor = 50 * time.Second // for what is signed to be on record; less than a Client waits
	quiet      = 10 * time.Minute // between two lines of the log about one thing: who is refused asks again every second
	maxTold    = 1000             // things that are remembered for that
)

// Server answers at a socket of this machine.
type Server struct {
	signer *Signer
	users  []uint32
	log    *slog.Logger

	ctx    context.Context // ends when Close begins
	cancel context.CancelFunc
	all    sync.WaitGroup

	mu       sync.Mutex
	listener *net.UnixListener
	conns    map[*net.UnixConn]bool // whether it has a request under way
	closed   bool
	told     map[string]time.Time // what the log has of late, and since when
	now      func() time.Time
}

// NewServer is a server that listens nowhere yet. Users are whom it answers, beside the one that it runs as.
func NewServer(s *Signer, users []uint32, log *slog.Logger) *Server {
	users = append(slices.Clone(users), uint32(os.Geteuid())) // #nosec G115 -- a user id
	srv := &Server{signer: s, users: users, log: log, conns: make(map[*net.UnixConn]bool), told: make(map[string]time.Time), now: time.Now}
	srv.ctx, srv.cancel = context.WithCancel(context.Background())
	return srv
}

// Serve answers until Close, and is nil after that.
func (s *Server) Serve(l *net.UnixListener) error {
	s.mu.Lock()
	s.listener = l
	closed := s.closed
	s.mu.Unlock()
	if closed {
		return l.Close()
	}
	for {
		c, err := l.AcceptUnix()
		switch {
		case s.ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("signer: %w", err)
		case err != nil: // such as no file left to open; it passes
			s.log.Warn("a connection could not be taken", "err", err)
			select {
			case <-time.After(atOnce):
			case <-s.ctx.Done():
				return nil
			}
			continue
		}
		s.enter(c)
	}
}

// enter lets a connection in, or turns it away.
func (s *Server) enter(c *net.UnixConn) {
	uid, err := local.PeerUID(c)
	switch {
	case err != nil:
		s.away(c, reply{Refused: "the system does not say who is calling, so nothing is signed"})
		return
	case !slices.Contains(s.users, uid):
		s.tell(slog.LevelWarn, "a stranger asked for a signature", fmt.Sprintf("user %d", uid), "uid", uid)
		s.away(c, reply{Refused: fmt.Sprintf("user %d may not ask this signer; name him to it (signer run --user %d) if he runs the venue", uid, uid)})
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.conns) >= maxConns {
		s.away(c, reply{Failed: fmt.Sprintf("%d connections are open already; ask again", maxConns)})
		return
	}
	s.conns[c] = false
	s.all.Go(func() {
		s.serve(c)
		c.Close()
		s.mu.Lock()
		delete(s.conns, c)
		s.mu.Unlock()
	})
}

// away tells why a connection is not taken. A line fits into what the system keeps for a new one, so nobody is waited for.
func (s *Server) away(c *net.UnixConn, r reply) {
	c.SetDeadline(time.Now().Add(atOnce))
	c.Write(r.encode())
	c.Close()
}

// serve answers the requests of a connection, one after the other. After one that is none it ends.
func (s *Server) serve(c *net.UnixConn) {
	r := bufio.NewReaderSize(c, maxRequest)
	for s.busy(c, false) {
		c.SetDeadline(time.Now().Add(idle))
		q, err := readRequest(r)
		var no *Refused
		if err != nil {
			if errors.As(err, &no) {
				s.tell(slog.LevelWarn, "what came was no request", "garbage", "err", err)
				c.Write(answer(reply{}, err).encode())
			}
			return
		}
		if !s.busy(c, true) {
			return
		}
		out := s.do(q)
		c.SetDeadline(time.Now().Add(idle))
		if _, err := c.Write(out.encode()); err != nil {
			s.log.Warn("nobody took the answer", "err", err)
			return
		}
	}
}

// busy notes whether a connection has a request under way; it is false when no more are taken.
func (s *Server) busy(c *net.UnixConn, is bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[c] = is
	return !s.closed
}

// do does what is asked for.
func (s *Server) do(q request) reply {
	ctx, cancel := context.WithTimeout(s.ctx, patientFor)
	defer cancel()
	if q.Limits {
		x, err := s.signer.Limits(ctx, q.Asset)
		return answer(reply{Limits: &x}, err)
	}
	return s.sign(ctx, q)
}

func (s *Server) sign(ctx context.Context, q request) reply {
	raw, id, err := s.signer.Sign(ctx, q.Asset, q.Spend, q.Seq)
	var no *Refused
	thing := fmt.Sprintf("spend %d of %d", q.Spend, q.Asset)
	switch {
	case err == nil:
		s.log.Info("signed", "asset", q.Asset, "spend", q.Spend, "tx", id)
	case errors.As(err, &no):
		s.tell(slog.LevelWarn, "refused", thing, "asset", q.Asset, "spend", q.Spend, "why", no.Reason)
	default:
		s.tell(slog.LevelError, "not signed", thing, "asset", q.Asset, "spend", q.Spend, "err", err)
	}
	return answer(signature(raw, id), err)
}

// tell tells the log of a thing, unless it has of late.
func (s *Server) tell(level slog.Level, message, thing string, args ...any) {
	thing, now := message+" "+thing, s.now()
	s.mu.Lock()
	last, of := s.told[thing]
	fresh := !of || now.Sub(last) >= quiet
	if fresh {
		if len(s.told) >= maxTold {
			clear(s.told)
		}
		s.told[thing] = now
	}
	s.mu.Unlock()
	if fresh {
		s.log.Log(s.ctx, level, message, args...)
	}
}

// Close takes no further request, and waits for those under way.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	s.cancel()
	if s.listener != nil {
		s.listener.Close()
	}
	for c, busy := range s.conns {
		if !busy {
			c.SetDeadline(time.Unix(1, 0))
		}
	}
	s.mu.Unlock()
	s.all.Wait()
}
