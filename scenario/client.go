package scenario

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"portcullis/core/instruction"
	"portcullis/internal/secret"
)

// Key is a customer's side of an API key: its text, and what signs with it.
type Key struct {
	Text string
	sign func(payload []byte) string
}

// Ed25519Key signs with a private key.
func Ed25519Key(text string, private ed25519.PrivateKey) Key {
	return Key{text, func(p []byte) string { return base64.StdEncoding.EncodeToString(ed25519.Sign(private, p)) }}
}

// HMACKey signs with a shared secret.
func HMACKey(text string, s secret.Bytes) Key {
	return Key{text, func(p []byte) string {
		mac := hmac.New(sha256.New, s.Reveal())
		mac.Write(p)
		return hex.EncodeToString(mac.Sum(nil))
	}}
}

// Client sends a customer's requests to a venue's API, as any trading client does.
type Client struct {
	URL  string // such as http://127.0.0.1:8080, without a slash at the end
	HTTP *http.Client
	Key  Key
}

// Refusal is an answer of the API that is none of success.
type Refusal struct {
	Status int    `json:"-"` // HTTP
	Code   int    `json:"code"`
	Msg    string `json:"msg"`
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("scenario: the venue answered %d, code %d: %s", r.Status, r.Code, r.Msg)
}

// maxAnswer is the longest answer in bytes that is read.
const maxAnswer = 8 << 20

// Get asks a public route; params are names and values in turn.
func (c *Client) Get(ctx context.Context, path string, into any, params ...string) error {
	return c.send(ctx, http.MethodGet, path+"?"+form(params), "", into)
}

// Post signs the params, names and values in turn, with the time sent, and sends them. The answer is read into what into
// points at. The error is a *Refusal where the venue answered with one.
func (c *Client) Post(ctx context.Context, sent instruction.Time, path string, into any, params ...string) error {
	payload := form(append(params, "timestamp", strconv.FormatInt(sent.Milli(), 10)))
	return c.send(ctx, http.MethodPost, path, payload+"&signature="+url.QueryEscape(c.Key.sign([]byte(payload))), into)
}

// form writes names and values as a query, in the order given.
func form(params []string) string {
	var b strings.Builder
	for i := 0; i+1 < len(params); i += 2 {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(params[i] + "=" + url.QueryEscape(params[i+1]))
	}
	return b.String()
}

func (c *Client) send(ctx context.Context, method, target, body string, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.URL+target, strings.NewReader(body))
	if err != nil {
		return fmt.Errorf("scenario: %w", err)
	}
	if body != "" {
		req.Header.Set("X-MBX-APIKEY", c.Key.Text)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return fmt.Errorf("scenario: %w", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("scenario: reading an answer: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		no := Refusal{Status: resp.StatusCode}
		if json.Unmarshal(answer, &no) != nil {
			no.Msg = "no JSON" // and so from no venue
		}
		return &no
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("scenario: an answer that cannot be read: %w", err)
	}
	return nil
}
