package gift

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
)

// maxReply is how long an answer may be that a Client reads.
const maxReply = 64 << 10

// Client claims gift codes at a venue. It may be used from any goroutine.
type Client struct {
	base *url.URL
	http *http.Client
}

// NewClient is a client of the venue at base, such as https://venue.example. What is not on this machine is spoken to over TLS only:
// who reads a code on the way may claim it first.
func NewClient(base string) (*Client, error) {
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.User != nil:
		return nil, fmt.Errorf("%q is no address of a venue: write https://venue.example", base)
	case u.Scheme == "http" && !near(u.Hostname()):
		return nil, fmt.Errorf("%s is spoken to in the clear, where anybody on the way can read the code: write https://%s", base, u.Host)
	}
	return &Client{u, &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// near says that a host is this machine.
func near(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// Refused is what the venue refused.
type Refused struct {
	Failure
	Status int
}

// Check asks what a code is worth.
func (c *Client) Check(ctx context.Context, code Code) (r Checked, err error) {
	return r, c.call(ctx, "POST", "check", NameCode{code.Reveal()}, &r)
}

// Claim has what a code is worth sent to an address. After an error that is no Refused it is not known whether it was: claiming again for
// the same address is safe.
func (c *Client) Claim(ctx context.Context, code Code, address string) (p Payout, err error) {
	return p, c.call(ctx, "POST", "claim", Claim{code.Reveal(), address}, &p)
}

// Payout asks how a payout stands.
func (c *Client) Payout(ctx context.Context, receipt string) (p Payout, err error) {
	return p, c.call(ctx, "GET", "payouts/"+url.PathEscape(receipt), nil, &p)
}

func (c *Client) call(ctx context.Context, method, what string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("gift: %w", err)
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base.JoinPath(Path, "v1", what).String(), bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("gift: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(r)
	if err != nil {
		return fmt.Errorf("the venue did not answer: %w", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxReply))
	if err != nil {
		return fmt.Errorf("the venue's answer broke off: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		no := &Refused{Status: resp.StatusCode}
		if json.Unmarshal(text, &no.Failure) != nil || no.Code == "" {
			return fmt.Errorf("what is at %s answered %s, and is no venue with gift codes", c.base, resp.Status)
		}
		return no
	}
	if err := json.Unmarshal(text, out); err != nil {
		return errors.Join(errors.New("the venue's answer cannot be read"), err)
	}
	return nil
}
