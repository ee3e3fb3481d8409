package owner

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"portcullis/internal/secret"
)

// maxReply is how long an answer may be that a Client reads.
const maxReply = 16 << 20

// Client says the owner's word to a venue. It may be used from any goroutine.
type Client struct {
	base *url.URL
	key  string
	seed secret.Bytes
	http *http.Client
}

// NewClient is a client of the venue at base, such as https://venue.example, for the owner's key with this text and this
// seed of its private key. What is not on this machine is spoken to over TLS only.
func NewClient(base, key string, seed secret.Bytes) (*Client, error) {
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.User != nil:
		return nil, fmt.Errorf("%q is no address of a venue: write https://venue.example", base)
	case u.Scheme == "http" && !near(u.Hostname()):
		return nil, fmt.Errorf("%s is spoken to in the clear, where anybody on the way can read it: write https://%s", base, u.Host)
	case !keyText(key):
		return nil, errors.New("the text of the owner's key has 16 to 128 letters and digits, as the operator gave it to you")
	case len(seed.Reveal()) != ed25519.SeedSize:
		return nil, errors.New("the owner's private key is no Ed25519 key")
	}
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &Client{u, key, seed, c}, nil
}

// near says that a host is this machine.
func near(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// Refused is what the venue refused.
type Refused struct {
	Failure
	Status int `json:"-"`
}

// Call sends a signed request; in is nil for one without a body. The error is a *Refused where the venue refused it;
// otherwise it is not known whether it was carried out, unless the error says so.
func (c *Client) Call(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("owner: %w", err)
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base.JoinPath(path).String(), bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("owner: %w", err)
	}
	at := strconv.FormatInt(time.Now().UnixMilli(), 10)
	signature := ed25519.Sign(ed25519.NewKeyFromSeed(c.seed.Reveal()), Payload(at, method, r.URL.RequestURI(), body))
	r.Header.Set(headKey, c.key)
	r.Header.Set(headTime, at)
	r.Header.Set(headSignature, base64.StdEncoding.EncodeToString(signature))
	resp, err := c.http.Do(r)
	if err != nil {
		return fmt.Errorf("the venue did not answer, and it is not known whether anything was done: %w", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxReply))
	if err != nil {
		return fmt.Errorf("the venue's answer broke off, and it is not known whether anything was done: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		no := &Refused{Status: resp.StatusCode}
		if json.Unmarshal(text, &no.Failure) != nil || no.Code == "" {
			return fmt.Errorf("what is at %s answered %s, and is no venue's owner's API", c.base, resp.Status)
		}
		return no
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("the venue's answer cannot be read: %w", err)
	}
	return nil
}
