package venue

import (
	"crypto/rand"
	"crypto/sha256"
	"net/netip"
	"sync"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
	"portcullis/engine"
	"portcullis/internal/secret"
	"portcullis/venue/sight"
)

const (
	// listenKeyLife is how long a listenKey opens anything after it was made or last kept alive.
	listenKeyLife = 60 * minute
	// maxListenKeys is how many one account may have: one to an API key.
	maxListenKeys = 50
)

// ListenKeys are the listenKeys of the dialect: words that open an account's events, made for an API key that may read. They
// live in memory, so that a restart forgets them, and end with their API key. A listenKey is no more than the key it was made
// for: who listens with it must come from an address which that key admits. Its methods may be called from any goroutine, but
// not inside engine.Read.
type ListenKeys struct {
	engine *engine.Engine
	sights *sight.Sights // of the venue that they are given to; nil before

	mu       sync.Mutex
	open     map[[sha256.Size]byte]*listenKey // by digest, so that the time of a look-up tells nothing of a word
	byKey    map[instruction.Credential]*listenKey
	accounts map[instruction.Account]int
	swept    instruction.Time
}

type listenKey struct {
	word       secret.Bytes
	digest     [sha256.Size]byte
	account    instruction.Account
	credential instruction.Credential
	expires    instruction.Time
}

// NewListenKeys are no listenKeys yet.
func NewListenKeys(e *engine.Engine) *ListenKeys {
	return &ListenKeys{
		engine: e, open: map[[sha256.Size]byte]*listenKey{}, byKey: map[instruction.Credential]*listenKey{},
		accounts: map[instruction.Account]int{},
	}
}

// Owner is whose events a listenKey opens for a client at an address, if anyone's.
func (l *ListenKeys) Owner(word string, a netip.Addr) (instruction.Account, bool) {
	now := l.engine.Now()
	l.mu.Lock()
	k := l.find(now, word)
	l.mu.Unlock()
	if k == nil {
		return 0, false
	}
	p := instruction.Principal{Giver: instruction.ByCredential, Credential: k.credential, Addr: a}
	allowed := false
	err := l.engine.Read(func(s *core.State) {
		v := s.MayRead(now, &p)
		allowed = v.Decision == instruction.Allow
	})
	if err != nil || !allowed {
		return 0, false
	}
	if l.sights != nil {
		l.sights.Saw(&p, false, false) // a listenKey is no signature
	}
	return k.account, true
}

// find is the living listenKey of a word, or nil; l.mu is held.
func (l *ListenKeys) find(now instruction.Time, word string) *listenKey {
	if k := l.open[sha256.Sum256([]byte(word))]; k != nil && now < k.expires {
		return k
	}
	return nil
}

// start makes a listenKey for a credential; where it has one already, that goes on.
func (l *ListenKeys) start(now instruction.Time, a instruction.Account, c instruction.Credential) (string, *binance.Error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	if k := l.byKey[c]; k != nil && now < k.expires {
		k.expires = now + listenKeyLife
		return string(k.word.Reveal()), nil
	}
	if k := l.byKey[c]; k != nil {
		l.remove(k)
	}
	if l.accounts[a] >= maxListenKeys {
		return "", binance.ErrUnsupported("An account has at most 50 listenKeys at a time; close one, or let it expire.")
	}
	word := (rand.Text() + rand.Text() + rand.Text())[:binance.ListenKeyBytes] // 5 bits a letter
	k := &listenKey{
		word: secret.New([]byte(word)), digest: sha256.Sum256([]byte(word)), account: a, credential: c, expires: now + listenKeyLife,
	}
	l.open[k.digest], l.byKey[c] = k, k
	l.accounts[a]++
	return word, nil
}

// prolong keeps an account's listenKey alive (−1125 where it has none of that word).
func (l *ListenKeys) prolong(now instruction.Time, a instruction.Account, word string) *binance.Error {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.find(now, word)
	if k == nil || k.account != a {
		return binance.ErrListenKey()
	}
	k.expires = now + listenKeyLife
	return nil
}

// stop ends an account's listenKey (−1125 where it has none of that word).
func (l *ListenKeys) stop(now instruction.Time, a instruction.Account, word string) *binance.Error {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.find(now, word)
	if k == nil || k.account != a {
		return binance.ErrListenKey()
	}
	l.remove(k)
	return nil
}

func (l *ListenKeys) remove(k *listenKey) {
	delete(l.open, k.digest)
	delete(l.byKey, k.credential)
	if l.accounts[k.account]--; l.accounts[k.account] <= 0 {
		delete(l.accounts, k.account)
	}
}

// sweep forgets, once a minute, the listenKeys that have expired.
func (l *ListenKeys) sweep(now instruction.Time) {
	if now-l.swept < minute {
		return
	}
	l.swept = now
	for _, k := range l.open {
		if now >= k.expires {
			l.remove(k)
		}
	}
}

// identify finds whose key a request names that is not signed. The dialect asks for no more where only a listenKey is
// made; the gate looks at key, right and address all the same.
func (v *Venue) identify(c *call) *binance.Error {
	if !keyText(c.apiKey) {
		return binance.ErrKeyFormat()
	}
	c.principal = instruction.Principal{Giver: instruction.ByCredential, Addr: c.addr, Client: c.client}
	k, err := v.lookUp(instruction.KeyIDOf(c.apiKey), &c.principal, false)
	if err != nil {
		return err
	}
	if why := k.verdict.Reason(); why != instruction.CanaryCredential && (why == instruction.DeletedCredential || k.verdict.Decision == instruction.Allow) {
		v.sights.Saw(&c.principal, why == instruction.DeletedCredential, false)
	}
	c.principal.Credential, c.account, c.scheme = k.credential, k.account, k.scheme
	return c.mayRead(k.verdict)
}

func startListening(v *Venue, c *call) (reply, *binance.Error) {
	if err := c.args().end(); err != nil {
		return nil, err
	}
	word, err := v.listenKeys.start(v.engine.Now(), c.account, c.principal.Credential)
	if err != nil {
		return nil, err
	}
	return object{binance.ListenKey{ListenKey: word}}, nil
}

func keepListening(v *Venue, c *call) (reply, *binance.Error) {
	return v.withListenKey(c, v.listenKeys.prolong)
}

func stopListening(v *Venue, c *call) (reply, *binance.Error) {
	return v.withListenKey(c, v.listenKeys.stop)
}

// withListenKey does something with the listenKey that a call names.
func (v *Venue) withListenKey(c *call, do func(instruction.Time, instruction.Account, string) *binance.Error) (reply, *binance.Error) {
	word, err := c.params.Str("listenKey")
	if err == nil {
		err = c.params.Unread()
	}
	if err == nil {
		err = do(v.engine.Now(), c.account, word)
	}
	return literal(binance.EmptyObject), err
}
