package venue

import (
	"net/netip"
	"sync"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
	"portcullis/venue/fair"

	"github.com/coder/websocket"
)

// session is one connection of the WebSocket API. Its requests are answered one after the other, in the order in which they
// came; that goroutine alone uses what is not under mu.
type session struct {
	v       *Venue
	out     *outbox
	addr    netip.Addr
	client  uint64
	micros  bool
	limits  bool // answers tell what is used of the limits
	since   instruction.Time
	login   *login // nil while nobody is logged on
	nextSub int64
	pace    fair.Pace // of pings and pongs

	mu   sync.Mutex
	subs map[int64]*subscription
}

// login is the key that a session was logged on with.
type login struct {
	caller
	apiKey string
	since  instruction.Time
}

// subscription is one stream of an account's events.
type subscription struct {
	account    instruction.Account
	credential instruction.Credential // it ends with this key
	byLogin    bool                   // and with the login
	cancel     func()

	mu    sync.Mutex
	ready bool     // its client has been told of it
	held  [][]byte // events that came before
	over  bool
}

// sessionHandlers answer the requests that only the WebSocket API has.
var sessionHandlers = map[string]func(*session, *call) (reply, *binance.Error){
	"session.logon":                      (*session).logon,
	"session.status":                     (*session).status,
	"session.logout":                     (*session).logout,
	"session.subscriptions":              (*session).subscriptions,
	"userDataStream.subscribe":           (*session).subscribe,
	"userDataStream.subscribe.signature": (*session).subscribeSigned,
	"userDataStream.unsubscribe":         (*session).unsubscribe,
}

func (s *session) logon(c *call) (reply, *binance.Error) {
	if err := c.args().end(); err != nil {
		return nil, err
	}
	if c.scheme != instruction.Ed25519 {
		return nil, binance.ErrUnsupported("session.logon takes Ed25519 keys; sign each request with this one.")
	}
	s.drop()
	s.login = &login{caller: c.caller, apiKey: c.apiKey, since: s.v.engine.Now()}
	return s.state(c), nil
}

func (s *session) status(c *call) (reply, *binance.Error) { return s.state(c), c.args().end() }

func (s *session) logout(c *call) (reply, *binance.Error) {
	if err := c.args().end(); err != nil {
		return nil, err
	}
	s.drop()
	return s.state(c), nil
}

// drop forgets the login, and ends what was subscribed with it.
func (s *session) drop() {
	s.login = nil
	s.endSubscriptions(func(_ int64, sub *subscription) bool { return sub.byLogin })
}

// now is the venue's time in the unit of the session.
func (s *session) now() int64 {
	c := call{micros: s.micros}
	return c.time(s.v.engine.Now())
}

// endSubscriptions ends those that which picks, tells the client of each, and gives how many they were.
func (s *session) endSubscriptions(which func(int64, *subscription) bool) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, sub := range s.subs {
		if !which(id, sub) {
			continue
		}
		sub.end()
		delete(s.subs, id)
		s.out.put(binance.AppendUserEvent(nil, id, &binance.StreamTerminated{EventTime: s.now()}))
		n++
	}
	return n
}

// endRevoked ends the subscriptions whose key was revoked.
func (s *session) endRevoked() {
	s.endSubscriptions(func(_ int64, sub *subscription) bool {
		dead := false
		err := s.v.read(func(state *core.State) {
			k := state.Key(sub.credential)
			dead = k == nil || k.Revoked != 0
		})
		return dead || err != nil
	})
}

// subscribed says whether there is a subscription to the account; to any, where it is 0.
func (s *session) subscribed(a instruction.Account) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sub := range s.subs {
		if a == 0 || sub.account == a {
			return true
		}
	}
	return false
}

func (s *session) state(c *call) reply {
	answer := binance.Session{
		ConnectedSince: c.time(s.since), ReturnRateLimits: s.limits, ServerTime: c.time(s.v.engine.Now()),
		UserDataStream: s.subscribed(0),
	}
	if s.login != nil {
		since := c.time(s.login.since)
		answer.APIKey, answer.AuthorizedSince = &s.login.apiKey, &since
	}
	return object{answer}
}

// authenticate finds out who gives a request: its own signature, or else the session's login.
func (s *session) authenticate(c *call) *binance.Error {
	if c.apiKey != "" || s.login == nil || c.params.Has("signature") || c.route.WS == "session.logon" {
		return s.v.authenticate(c)
	}
	now := s.v.engine.Now()
	c.caller, c.apiKey = s.login.caller, s.login.apiKey
	c.principal.Request, c.principal.Sent, c.principal.Window = instruction.Digest{}, 0, 0
	if c.route.Security.Signed() {
		timing, err := c.params.Timing()
		if err == nil {
			err = timing.Check(int64(now))
		}
		if err != nil {
			return err
		}
		c.principal.Sent, c.principal.Window = instruction.Time(timing.Timestamp), instruction.Time(timing.RecvWindow)
	}
	k, err := s.v.lookUp(instruction.KeyIDOf(c.apiKey), &c.principal, false)
	if err != nil {
		return err
	}
	if why := k.verdict.Reason(); why == instruction.DeletedCredential { // it lived when it signed: that is no alarm
		s.drop()
		return refused(why, false)
	}
	s.v.saw(c, &k, true)
	return c.mayRead(k.verdict)
}

// identify finds out whose listenKey a request is about: the key that it names, or else the session's login.
func (s *session) identify(c *call) *binance.Error {
	if c.apiKey == "" && s.login != nil {
		return s.authenticate(c)
	}
	return s.v.identify(c)
}

// subscribe opens the events of the account that is logged on.
func (s *session) subscribe(c *call) (reply, *binance.Error) {
	if s.login == nil {
		return nil, binance.ErrUnauthorized("Log on with session.logon first, or use userDataStream.subscribe.signature.")
	}
	if err := c.args().end(); err != nil {
		return nil, err
	}
	if err := s.authenticate(c); err != nil {
		return nil, err
	}
	return s.open(c, true)
}

// subscribeSigned opens the events of the account whose key signed the request.
func (s *session) subscribeSigned(c *call) (reply, *binance.Error) {
	if err := c.args().end(); err != nil {
		return nil, err
	}
	return s.open(c, false)
}

func (s *session) open(c *call, byLogin bool) (reply, *binance.Error) {
	if s.subscribed(c.account) {
		return nil, binance.ErrSubscribed()
	}
	id := s.nextSub
	sub := &subscription{account: c.account, credential: c.principal.Credential, byLogin: byLogin}
	cancel, err := s.v.streams.SubscribeAccount(c.account, s.micros, func(event []byte) bool { return s.pass(id, sub, event) })
	if err != nil {
		return nil, s.v.unavailable(err)
	}
	sub.cancel = cancel
	s.nextSub++
	s.mu.Lock()
	s.subs[id] = sub
	s.mu.Unlock()
	c.answered = func() {
		sub.release(s.out)
		s.endRevoked() // the key may have died since it was asked about
	}
	return object{binance.Subscription{SubscriptionID: id}}, nil
}

// pass hands an event to the client. It is called by the streams.
func (s *session) pass(id int64, sub *subscription, event []byte) bool {
	if event == nil {
		s.out.end(websocket.StatusTryAgainLater, "the venue could not keep up; connect again")
		return false
	}
	frame := binance.AppendUserEvent(nil, id, raw(event))
	sub.mu.Lock()
	defer sub.mu.Unlock()
	switch {
	case sub.over:
		return false
	case !sub.ready:
		sub.held = append(sub.held, frame)
		return true
	}
	return s.out.put(frame)
}

// release lets events through, now that the client knows of the subscription.
func (sub *subscription) release(out *outbox) {
	sub.mu.Lock()
	defer sub.mu.Unlock()
	sub.ready = true
	for _, frame := range sub.held {
		out.put(frame)
	}
	sub.held = nil
}

// end lets nothing more through.
func (sub *subscription) end() {
	sub.mu.Lock()
	sub.over = true
	sub.mu.Unlock()
	sub.cancel()
}

// unsubscribe ends one subscription, or all.
func (s *session) unsubscribe(c *call) (reply, *binance.Error) {
	a := c.args()
	only := a.integer("subscriptionId", -1)
	if err := a.end(); err != nil {
		return nil, err
	}
	if s.endSubscriptions(func(id int64, _ *subscription) bool { return only < 0 || id == only }) == 0 {
		return nil, binance.ErrNotSubscribed()
	}
	return literal(binance.EmptyObject), nil
}

func (s *session) subscriptions(c *call) (reply, *binance.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]binance.Subscription, 0, len(s.subs))
	for id := int64(0); id < s.nextSub; id++ {
		if s.subs[id] != nil {
			list = append(list, binance.Subscription{SubscriptionID: id})
		}
	}
	return object{list}, c.args().end()
}

// raw is JSON that is there already.
type raw []byte

func (r raw) AppendJSON(dst []byte) []byte { return append(dst, r...) }
