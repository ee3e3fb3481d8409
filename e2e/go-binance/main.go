// Command go-binance does what a customer does with an unmodified go-binance: only its BaseURL and the base URLs of its
// streams are set. The argument is the file of keys that the other clients' scripts take too. Each check prints one line,
// "ok NAME" or "not ok NAME: why"; "covered" and "refused" say how much of the client was driven, and how much of the rest
// the venue refuses in words.
//
// It is a module of its own, so that the product does not depend on a client of its own API.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/adshao/go-binance/v2"
	"github.com/adshao/go-binance/v2/common"
)

const symbol = "BTCUSDT"

type key struct{ APIKey, Secret string }

// config is what the test says: where the venue is, and keys of two customers.
var config struct {
	Base                      string
	Maker, Taker              map[string]key
	Payer, Legacy             key
	ReadOnly, Revoked, Fenced key
}

var failed bool

func main() {
	raw, err := os.ReadFile(os.Args[1])
	if err == nil {
		err = json.Unmarshal(raw, &config)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	ws := strings.Replace(config.Base, "http", "ws", 1)
	binance.BaseWsMainURL, binance.BaseCombinedMainURL, binance.BaseWsApiMainURL = ws+"/ws", ws+"/stream?streams=", ws+"/ws-api/v3"
	rest()
	streams()
	if failed {
		os.Exit(1)
	}
}

// check runs a part, which panics with what is wrong.
func check(name string, part func()) {
	done := make(chan any, 1)
	go func() {
		defer func() { done <- recover() }()
		part()
	}()
	var why any
	select {
	case why = <-done:
	case <-time.After(30 * time.Second):
		why = "no answer in 30 s"
	}
	if why == nil {
		fmt.Println("ok " + name)
		return
	}
	failed = true
	fmt.Println("not ok "+name+":", strings.ReplaceAll(fmt.Sprint(why), "\n", " "))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func mustNot(err error) {
	if err != nil {
		panic(err)
	}
}

func want(ok bool, format string, args ...any) {
	if !ok {
		panic(fmt.Sprintf(format, args...))
	}
}

// refused asserts the venue's error code, and a part of its text.
func refused(err error, code int64, text string) {
	var e *common.APIError
	if !errors.As(err, &e) || e.Code != code || !strings.Contains(e.Message, text) {
		panic(fmt.Sprintf("want %d with %q, not %v", code, text, err))
	}
}

func client(kind string, k key) *binance.Client {
	c := binance.NewClient(k.APIKey, k.Secret)
	c.BaseURL = config.Base
	c.KeyType = map[string]string{"hmac": common.KeyTypeHmac, "rsa": common.KeyTypeRsa, "ed25519": common.KeyTypeEd25519}[kind]
	return c
}

var ctx = context.Background()
