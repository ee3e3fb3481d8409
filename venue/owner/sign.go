package owner

import (
	"crypto/ed25519"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"portcullis/core"
	"portcullis/core/credential"
	"portcullis/core/instruction"
)

// The headers of a signed request.
const (
	headKey       = "Portcullis-Key"
	headTime      = "Portcullis-Time"
	headSignature = "Portcullis-Signature"
)

const (
	// window is how long a request stays open after its time.
	window = 60 * instruction.Second
	// ahead is how far its time may lie ahead of the venue's clock.
	ahead = instruction.Second
	// maxTime bounds the header's number, so that it fits into microseconds: the year 5138.
	maxTime = 100_000_000_000_000
)

// decoy is a public key that nobody has the other half of.
var decoy = func() ed25519.PublicKey {
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(err) // the system's randomness does not fail
	}
	return public
}()

// Payload is what is signed.
func Payload(time, method, path string, body []byte) []byte {
	b := make([]byte, 0, len(time)+len(method)+len(path)+len(body)+3)
	b = append(b, time...)
	b = append(b, '\n')
	b = append(b, method...)
	b = append(b, ' ')
	b = append(b, path...)
	b = append(b, '\n')
	return append(b, body...)
}

// one is a header that must be there once: of two, somebody on the way might have looked at the other.
func one(r *http.Request, name string) string {
	if v := r.Header[name]; len(v) == 1 {
		return v[0]
	}
	return ""
}

// keyText says whether a text can be an API key.
func keyText(s string) bool {
	return len(s) >= 16 && len(s) <= 128 && !strings.ContainsFunc(s, func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '-' && c != '_'
	})
}

// moment reads a request's time: digits and nothing else, so that there is one way to write it.
func moment(text string) (instruction.Time, bool) {
	ms, err := strconv.ParseUint(text, 10, 63)
	if err != nil || ms == 0 || ms > maxTime || text[0] == '0' || text[0] == '+' {
		return 0, false
	}
	return instruction.Time(ms) * instruction.Millisecond, true // #nosec G115 -- maxTime bounds it
}

// known is what the state says of the key that a request names.
type known struct {
	account, customer instruction.Account
	public            []byte // nil where the key is none of Ed25519
	owner             bool
	verdict           instruction.Verdict // on reading
}

// authenticate finds out who asks: the key, its signature over what was sent, and that the request is in time and new.
func (s *Server) authenticate(r *http.Request, body []byte, to *route) (*call, *refusal) {
	text, at := one(r, headKey), one(r, headTime)
	sent, timed := moment(at)
	signature, err := base64.StdEncoding.Strict().DecodeString(one(r, headSignature))
	now := s.cfg.Engine.Now()
	switch {
	case !keyText(text):
		return nil, refuse(http.StatusUnauthorized, "key-missing")
	case !timed:
		return nil, refuse(http.StatusUnauthorized, "time-missing")
	case err != nil || len(signature) != ed25519.SignatureSize:
		return nil, refuse(http.StatusUnauthorized, "signature-missing")
	case r.URL.RawQuery != "" || !strings.HasPrefix(r.RequestURI, "/"):
		return nil, refuse(http.StatusBadRequest, "no-parameters")
	case sent >= now+ahead:
		return nil, because(instruction.RequestTooEarly)
	case now-sent > window:
		return nil, because(instruction.RequestTooOld)
	}
	id := instruction.KeyIDOf(text)
	payload := Payload(at, r.Method, r.RequestURI, body)
	c := &call{ctx: r.Context(), body: body}
	c.principal = instruction.Principal{Giver: instruction.ByCredential, Request: instruction.DigestOf(id, payload), Sent: sent, Window: window}
	c.principal.Addr, c.principal.Client = s.cfg.Client(r)
	k, no := s.lookUp(id, &c.principal)
	if no != nil {
		return nil, no
	}
	if no := s.admit(&c.principal, &k, payload, signature); no != nil {
		return nil, no
	}
	c.customer = k.customer
	if to.Kind != 0 {
		return c, nil // the gate judges it
	}
	return c, s.mayRead(&c.principal, &k, now)
}

// lookUp copies what is needed of a key out of the state.
func (s *Server) lookUp(id instruction.KeyID, p *instruction.Principal) (k known, no *refusal) {
	now := s.cfg.Engine.Now()
	no = s.read(func(st *core.State) {
		p.Credential = st.KeyNamed(id)
		k.verdict = st.MayRead(now, p)
		if x := st.Key(p.Credential); x != nil {
			k.account, k.customer, k.owner = x.Account, st.Customer(x.Account), x.Owner()
			if x.Scheme == instruction.Ed25519 {
				k.public = x.Material()
			}
		}
	})
	return k, no
}

// admit lets in who signed with a living owner's key. One signature is verified whatever the key is, so that the time it
// takes tells nothing.
func (s *Server) admit(p *instruction.Principal, k *known, payload, signature []byte) *refusal {
	public := k.public
	if public == nil {
		public = decoy
	}
	proven := credential.Verify(instruction.Ed25519, public, payload, signature) == nil && k.public != nil
	switch why := k.verdict.Reason(); {
	case p.Credential == 0:
		return because(instruction.UnknownCredential)
	case why == instruction.CanaryCredential:
		s.cfg.Log.Warn("a decoy key was used: what it was put into has leaked; see backup list", "number", p.Credential, "addr", p.Addr)
		s.cfg.Saw(p, true, true) // nobody knows its text who has not read what it was put into
		return because(why)
	case why == instruction.DeletedCredential:
		if proven || k.public == nil { // else whoever names it does not have it
			s.cfg.Saw(p, true, proven)
		}
		return because(why)
	case !proven && k.public != nil:
		return refuse(http.StatusUnauthorized, "wrong-signature")
	case !k.owner:
		if proven {
			s.cfg.Saw(p, false, true)
		}
		return because(instruction.OwnerOnly)
	}
	return nil
}

// mayRead judges a request that only reads, which leaves no record.
func (s *Server) mayRead(p *instruction.Principal, k *known, now instruction.Time) *refusal {
	switch {
	case k.verdict.Decision != instruction.Allow:
		return because(k.verdict.Reason())
	case !s.seen.first(now, p.Request):
		return because(instruction.RequestSeen)
	}
	s.cfg.Saw(p, false, true)
	return nil
}

const (
	// seenSpan is longer than any signature can stay in time.
	seenSpan = window + 2*ahead
	// maxSeen bounds the memory of one span, at about 40 bytes each. Past it a question may be asked twice: reading fails open.
	maxSeen = 1 << 16
)

// seen remembers questions that were answered; what acts is remembered by the gate. The zero seen is empty.
type seen struct {
	mu       sync.Mutex
	began    instruction.Time // of now
	now, old map[instruction.Digest]bool
}

// first says whether the question is asked for the first time, and remembers it.
func (x *seen) first(t instruction.Time, d instruction.Digest) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if t-x.began >= seenSpan || x.now == nil {
		x.old = x.now
		if t-x.began >= 2*seenSpan {
			x.old = nil
		}
		x.began, x.now = t, map[instruction.Digest]bool{}
	}
	if x.now[d] || x.old[d] {
		return false
	}
	if len(x.now) < maxSeen {
		x.now[d] = true
	}
	return true
}
