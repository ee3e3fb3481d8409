package node

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"portcullis/internal/secret"
	"portcullis/wallet/coin"
)

// Sizes of answers, in bytes. The largest block is 4 MB and its extension block, in two digits for each byte.
const (
	maxReply = 1 << 20
	maxBlock = 32 << 20
)

// Connections to a node: it has four threads for calls by default, and closes what is idle for 30 s.
const (
	maxConns    = 8
	idleTimeout = 10 * time.Second
	dialTimeout = 10 * time.Second
)

// Options say where a node is and how it knows us.
type Options struct {
	URL      string       // of the node's RPC, such as http://127.0.0.1:9332/; without user and password
	User     string       // and Password, where the node has them set
	Password secret.Bytes //
	Cookie   string       // else: path of the file in which the node leaves both at each start
}

// Client asks one node.
type Client struct {
	network *coin.Network
	options Options
	http    http.Client
	calls   atomic.Uint64
}

// New makes a client for a node of a network. It asks nothing yet. Plain http is refused for any host but this one:
// whoever listens in between could take the password, and tell the wallet of payments that never were.
func New(n *coin.Network, o Options) (*Client, error) {
	u, err := url.Parse(o.URL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("a node's URL is http://host:port/ or https://host:port/, without user, password and query")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, fmt.Errorf("node %s: plain http is for nodes on this machine; use https, or a tunnel", u.Host)
	case (o.Cookie == "") == (o.User == "" || o.Password.IsZero()):
		return nil, fmt.Errorf("node %s: give either its user and password, or its cookie file", u.Host)
	}
	dial := net.Dialer{Timeout: dialTimeout}
	return &Client{network: n, options: o, http: http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy: nil,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				c, err := dial.DialContext(ctx, network, address)
				if err != nil {
					return nil, err
				}
				return &line{Conn: c}, nil
			},
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{}, // HTTP/2 tries again by itself
			DisableCompression:     true,
			MaxConnsPerHost:        maxConns,
			MaxIdleConnsPerHost:    maxConns,
			IdleConnTimeout:        idleTimeout,
			MaxResponseHeaderBytes: 64 << 10,
		}}}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Network is the network that the node is to be of.
func (c *Client) Network() *coin.Network { return c.network }

// Close gives up connections that are idle. Calls under way are not touched.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Error is a call that failed.
type Error struct {
	Method  string
	NotDone bool   // the node certainly did not carry it out; otherwise nobody can tell, but by asking it
	Code    int    // the node's own number, such as -26; 0 if it gave none
	Reason  string // the node's words, or what came between
	err     error
}

func (e *Error) Error() string {
	text := e.Reason
	if e.Code != 0 {
		text = fmt.Sprintf("%s (%d)", e.Reason, e.Code)
	}
	return "node: " + e.Method + ": " + text
}

func (e *Error) Unwrap() error { return e.err }

// Call asks the node one question and reads its answer into result, where that is not nil. Its error is an *Error. It is
// for what coin.Chain has no word for; nothing that moves money is to be asked through it.
func (c *Client) Call(ctx context.Context, method string, result any, params ...any) error {
	return c.call(ctx, maxReply, method, result, params...)
}

func (c *Client) call(ctx context.Context, limit int64, method string, result any, params ...any) error {
	if params == nil {
		params = []any{}
	}
	id := c.calls.Add(1)
	body, err := json.Marshal(map[string]any{"jsonrpc": "1.0", "id": id, "method": method, "params": params})
	if err != nil {
		return &Error{Method: method, NotDone: true, Reason: err.Error(), err: err}
	}
	status, reply, e := c.post(ctx, limit, body)
	if e == nil {
		e = read(status, reply, id, result)
	}
	if e == nil {
		return nil
	}
	e.Method = method
	return e
}

// post writes one request, once.
func (c *Client) post(ctx context.Context, limit int64, body []byte) (status int, reply []byte, e *Error) {
	user, password, err := c.identity()
	if err != nil {
		return 0, nil, &Error{NotDone: true, Reason: err.Error(), err: err}
	}
	var used *line
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		used = lineOf(info.Conn)
		used.written.Store(false)
	}})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.options.URL, bytes.NewReader(body))
	if err != nil {
		return 0, nil, &Error{NotDone: true, Reason: err.Error(), err: err}
	}
	req.GetBody = nil // without it the transport cannot write the body a second time
	req.SetBasicAuth(user, password)
	req.Header.Set("Content-Type", "application/json")
	answer, err := c.http.Do(req)
	if err != nil {
		return 0, nil, &Error{NotDone: used == nil || used.shut(), Reason: plain(err), err: err}
	}
	defer answer.Body.Close()
	reply, err = io.ReadAll(io.LimitReader(answer.Body, limit+1))
	switch {
	case err != nil:
		return 0, nil, &Error{Reason: "the answer broke off: " + plain(err), err: err}
	case int64(len(reply)) > limit:
		return 0, nil, &Error{Reason: fmt.Sprintf("an answer of more than %d bytes", limit)}
	}
	return answer.StatusCode, reply, nil
}

// read tells the node's answer from that of whoever else may have spoken.
func read(status int, reply []byte, id uint64, result any) *Error {
	switch text := strings.TrimSpace(string(reply[:min(len(reply), 200)])); {
	case status == http.StatusUnauthorized:
		return &Error{NotDone: true, Reason: "the node knows neither this user nor this password (HTTP 401)"}
	case status == http.StatusForbidden:
		return &Error{NotDone: true, Reason: "the node takes no calls from this address (HTTP 403); see its rpcallowip"}
	case text == "Work queue depth exceeded": // HTTP 500, since version 23 503
		return &Error{NotDone: true, Reason: text}
	}
	if status == http.StatusOK && quick(reply, id, result) {
		return nil
	}
	var envelope struct {
		Result json.RawMessage `json:"result"`
		Error  *struct {
			Code    int    `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
		ID *uint64 `json:"id"`
	}
	if err := json.Unmarshal(reply, &envelope); err != nil || envelope.ID == nil || *envelope.ID != id || envelope.Error == nil && status != http.StatusOK {
		return &Error{Reason: fmt.Sprintf("not an answer to this call (HTTP %d): %.100q", status, reply[:min(len(reply), 100)])}
	}
	if e := envelope.Error; e != nil {
		return &Error{NotDone: refused(e.Code), Code: e.Code, Reason: clip(e.Message)}
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(envelope.Result, result); err != nil {
		return &Error{Reason: fmt.Sprintf("an answer of another form: %.100q", envelope.Result[:min(len(envelope.Result), 100)]), err: err}
	}
	return nil
}

// quick reads an answer of digits in the form that nodes give it in, such as a block: its millions of bytes are looked at once. False
// says that it is to be read by the rules.
func quick(reply []byte, id uint64, result any) bool {
	into, ok := result.(*hexBytes)
	if !ok {
		return false
	}
	text, begins := bytes.CutPrefix(reply, []byte(`{"result":"`))
	text, ends := bytes.CutSuffix(text, fmt.Appendf(nil, `","error":null,"id":%d}`+"\n", id))
	return begins && ends && into.decode(text) == nil // so that no other quote is among them
}

// refused: the codes with which a node turns a call away before it looks at what was asked for.
func refused(code int) bool {
	switch code {
	case -28, // still warming up
		-32601, -32600, -32602, -32700, // no such method, or not in this form
		-3, -8, // a parameter of another type, or out of its range
		-31, -9, -10: // no network, no peers, still downloading
		return true
	}
	return false
}

// identity is the user and the password for this call.
func (c *Client) identity() (user, password string, err error) {
	if c.options.Cookie == "" {
		return c.options.User, string(c.options.Password.Reveal()), nil
	}
	f, err := os.Open(c.options.Cookie)
	if err != nil {
		return "", "", fmt.Errorf("the node's cookie, which is there while it runs: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 1<<10))
	if err != nil {
		return "", "", fmt.Errorf("the node's cookie: %w", err)
	}
	user, password, ok := strings.Cut(strings.TrimRight(string(text), "\r\n"), ":")
	if !ok || user == "" || password == "" {
		return "", "", fmt.Errorf("%s is no cookie of a node: want user:password", c.options.Cookie)
	}
	return user, password, nil
}

// plain is an error of the transport in words that fit into a line.
func plain(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return clip(err.Error())
}

// clip bounds what others wrote.
func clip(text string) string {
	if len(text) > 500 {
		text = text[:500] + "…"
	}
	return strings.ToValidUTF8(text, "?")
}
