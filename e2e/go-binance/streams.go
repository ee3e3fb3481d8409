package main

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/adshao/go-binance/v2"
)

// heard counts what came by name.
type heard struct {
	mu   sync.Mutex
	seen map[string]int
	wake chan struct{}
}

func newHeard() *heard { return &heard{seen: map[string]int{}, wake: make(chan struct{}, 1)} }

func (h *heard) hear(name string) {
	h.mu.Lock()
	h.seen[name]++
	h.mu.Unlock()
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

func (h *heard) has(name string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.seen[name] > 0
}

// await waits until all names were heard.
func (h *heard) await(names ...string) {
	late := time.After(20 * time.Second)
	for {
		var missing []string
		for _, n := range names {
			if !h.has(n) {
				missing = append(missing, n)
			}
		}
		if len(missing) == 0 {
			return
		}
		select {
		case <-h.wake:
		case <-late:
			panic("never came: " + strings.Join(missing, ", "))
		}
	}
}

func streams() {
	check("every market stream of the client", marketStreams)
	for kind, k := range config.Maker {
		check("own events by listenKey with an "+kind+" key", func() {
			c := client(kind, k)
			word := must(c.NewStartUserStreamService().Do(ctx))
			ownEvents(c, func(h binance.WsUserDataHandler, e binance.ErrHandler) (chan struct{}, chan struct{}, error) {
				return binance.WsUserDataServe(word, h, e)
			})
		})
		check("own events by signature with an "+kind+" key", func() {
			c := client(kind, k)
			ownEvents(c, func(h binance.WsUserDataHandler, e binance.ErrHandler) (chan struct{}, chan struct{}, error) {
				return binance.WsUserDataServeSignature(k.APIKey, k.Secret, c.KeyType, 0, h, e)
			})
		})
		check("an order over the WebSocket API with an "+kind+" key", func() { orderOverWS(kind, k) })
	}
	fmt.Println("covered", served)
}

var served int

// marketStreams serves each stream that the client has for spot, while trades are made.
func marketStreams() {
	h := newHeard()
	var names []string
	var stops []chan struct{}
	quiet := func(error) {}
	serve := func(name string, _, stop chan struct{}, err error) {
		mustNot(err)
		names, stops = append(names, name), append(stops, stop)
		served++
	}
	one := map[string]string{symbol: "5"}
	d, s, err := binance.WsPartialDepthServe(symbol, "5", func(*binance.WsPartialDepthEvent) { h.hear("partial depth") }, quiet)
	serve("partial depth", d, s, err)
	d, s, err = binance.WsPartialDepthServe100Ms(symbol, "10", func(*binance.WsPartialDepthEvent) { h.hear("fast partial depth") }, quiet)
	serve("fast partial depth", d, s, err)
	d, s, err = binance.WsCombinedPartialDepthServe(one, func(*binance.WsPartialDepthEvent) { h.hear("combined partial depth") }, quiet)
	serve("combined partial depth", d, s, err)
	d, s, err = binance.WsDepthServe(symbol, func(*binance.WsDepthEvent) { h.hear("depth") }, quiet)
	serve("depth", d, s, err)
	d, s, err = binance.WsDepthServe100Ms(symbol, func(*binance.WsDepthEvent) { h.hear("fast depth") }, quiet)
	serve("fast depth", d, s, err)
	d, s, err = binance.WsCombinedDepthServe([]string{symbol}, func(*binance.WsDepthEvent) { h.hear("combined depth") }, quiet)
	serve("combined depth", d, s, err)
	d, s, err = binance.WsCombinedDepthServe100Ms([]string{symbol}, func(*binance.WsDepthEvent) { h.hear("fast combined depth") }, quiet)
	serve("fast combined depth", d, s, err)
	d, s, err = binance.WsKlineServe(symbol, "1m", func(*binance.WsKlineEvent) { h.hear("candles") }, quiet)
	serve("candles", d, s, err)
	d, s, err = binance.WsCombinedKlineServe(map[string]string{symbol: "1h"}, func(*binance.WsKlineEvent) { h.hear("combined candles") }, quiet)
	serve("combined candles", d, s, err)
	d, s, err = binance.WsCombinedKlineServeMultiInterval(map[string][]string{symbol: {"1m", "1d"}}, func(*binance.WsKlineEvent) { h.hear("candles of two intervals") }, quiet)
	serve("candles of two intervals", d, s, err)
	d, s, err = binance.WsAggTradeServe(symbol, func(*binance.WsAggTradeEvent) { h.hear("aggregates") }, quiet)
	serve("aggregates", d, s, err)
	d, s, err = binance.WsCombinedAggTradeServe([]string{symbol}, func(*binance.WsAggTradeEvent) { h.hear("combined aggregates") }, quiet)
	serve("combined aggregates", d, s, err)
	d, s, err = binance.WsTradeServe(symbol, func(*binance.WsTradeEvent) { h.hear("trades") }, quiet)
	serve("trades", d, s, err)
	d, s, err = binance.WsCombinedTradeServe([]string{symbol}, func(*binance.WsCombinedTradeEvent) { h.hear("combined trades") }, quiet)
	serve("combined trades", d, s, err)
	d, s, err = binance.WsMarketStatServe(symbol, func(*binance.WsMarketStatEvent) { h.hear("ticker") }, quiet)
	serve("ticker", d, s, err)
	d, s, err = binance.WsCombinedMarketStatServe([]string{symbol}, func(*binance.WsMarketStatEvent) { h.hear("combined ticker") }, quiet)
	serve("combined ticker", d, s, err)
	d, s, err = binance.WsAllMarketsStatServe(func(binance.WsAllMarketsStatEvent) { h.hear("all tickers") }, quiet)
	serve("all tickers", d, s, err)
	d, s, err = binance.WsAllMiniMarketsStatServe(func(binance.WsAllMiniMarketsStatEvent) { h.hear("all small tickers") }, quiet)
	serve("all small tickers", d, s, err)
	d, s, err = binance.WsBookTickerServe(symbol, func(*binance.WsBookTickerEvent) { h.hear("best prices") }, quiet)
	serve("best prices", d, s, err)
	d, s, err = binance.WsCombinedBookTickerServe([]string{symbol}, func(*binance.WsBookTickerEvent) { h.hear("combined best prices") }, quiet)
	serve("combined best prices", d, s, err)
	d, s, err = binance.WsAllBookTickerServe(func(*binance.WsBookTickerEvent) { h.hear("all best prices") }, quiet)
	serve("all best prices", d, s, err)

	stop, stopped := make(chan struct{}), make(chan any, 1)
	go func() {
		defer func() { stopped <- recover() }()
		maker, taker := client("hmac", config.Maker["hmac"]), client("ed25519", config.Taker["ed25519"])
		for {
			must(order(maker, binance.SideTypeSell, "0.01", "31500").Do(ctx))
			must(order(taker, binance.SideTypeBuy, "0.01", "31500").Do(ctx))
			select {
			case <-stop:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	}()
	h.await(names...)
	close(stop)
	if why := <-stopped; why != nil {
		panic(why)
	}
	for _, s := range stops {
		close(s)
	}
}

// ownEvents places and cancels an order while its owner listens.
func ownEvents(c *binance.Client, serve func(binance.WsUserDataHandler, binance.ErrHandler) (chan struct{}, chan struct{}, error)) {
	h := newHeard()
	_, stop, err := serve(func(e *binance.WsUserDataEvent) {
		switch e.Event {
		case binance.UserDataEventTypeExecutionReport:
			h.hear(e.OrderUpdate.Status)
		case binance.UserDataEventTypeOutboundAccountPosition:
			h.hear("balances")
		}
	}, func(error) {})
	mustNot(err)
	for end := time.Now().Add(20 * time.Second); !h.has("NEW") && time.Now().Before(end); { // nobody says that the subscription stands
		placeAndCancel(c)
	}
	h.await("NEW", "CANCELED", "balances")
	close(stop) // one of the two ends only with the next event: the client's own way
}

func orderOverWS(kind string, k key) {
	s := must(binance.NewOrderCreateWsService(k.APIKey, k.Secret))
	s.KeyType = client(kind, k).KeyType
	r := binance.NewOrderCreateWsRequest().Symbol(symbol).Side(binance.SideTypeBuy).Type(binance.OrderTypeLimit).
		TimeInForce(binance.TimeInForceTypeGTC).Quantity("0.01").Price("20000").NewOrderRespType(binance.NewOrderRespTypeFULL)
	a := must(s.SyncDo("first", r))
	want(a.Error == nil && a.Result.Status == binance.OrderStatusTypeNew, "%+v %+v", a, a.Error)
	a, err := s.SyncDo("second", binance.NewOrderCreateWsRequest().Symbol("NOSUCH").Side(binance.SideTypeBuy).Type(binance.OrderTypeMarket).Quantity("1").NewOrderRespType(binance.NewOrderRespTypeACK))
	want(err != nil || a.Error != nil && a.Error.Code == -1121, "%+v %v", a, err)
	listsOverWS(kind, k)
	clean(client(kind, k))
}

// listsOverWS places lists of every kind, and cancels them.
func listsOverWS(kind string, k key) {
	keyType := client(kind, k).KeyType
	cancel := must(binance.NewOrderListCancelWsService(k.APIKey, k.Secret))
	cancel.KeyType = keyType
	n := 0
	over := func(list int64) {
		n++
		a := must(cancel.SyncDo(fmt.Sprint("cancel-", n), binance.NewOrderListCancelWsRequest().Symbol(symbol).OrderListID(list)))
		want(a.Error == nil, "%+v", a.Error)
	}
	oco := must(binance.NewOrderListCreateWsService(k.APIKey, k.Secret))
	oco.KeyType = keyType
	a := must(oco.SyncDo("oco", binance.NewOrderListCreateWsRequest().Symbol(symbol).Side(binance.SideTypeBuy).Quantity("0.01").
		AboveType(binance.OrderTypeStopLoss).AboveStopPrice("40000").BelowType(binance.OrderTypeLimitMaker).BelowPrice("20000").NewOrderRespType(binance.NewOrderRespTypeRESULT)))
	want(a.Error == nil && a.Result.ContingencyType == "OCO", "%+v", a.Error)
	over(a.Result.OrderListId)
	older := must(binance.NewOrderListPlaceWsService(k.APIKey, k.Secret))
	older.KeyType = keyType
	b := must(older.SyncDo("older", binance.NewOrderListPlaceWsRequest().Symbol(symbol).Side(binance.SideTypeBuy).Quantity("0.01").
		Price("20000").StopPrice("40000").NewOrderRespType(binance.NewOrderRespTypeRESULT)))
	want(b.Error == nil && b.Result.ContingencyType == "OCO", "%+v", b.Error)
	over(b.Result.OrderListId)
	oto := must(binance.NewOrderListPlaceOtoWsService(k.APIKey, k.Secret))
	oto.KeyType = keyType
	c := must(oto.SyncDo("oto", binance.NewOrderListPlaceOtoWsRequest().Symbol(symbol).WorkingType(binance.OrderTypeLimit).WorkingSide(binance.SideTypeBuy).
		WorkingPrice("20000").WorkingQuantity("0.01").WorkingTimeInForce(binance.TimeInForceTypeGTC).PendingType(binance.OrderTypeMarket).
		PendingSide(binance.SideTypeSell).PendingQuantity("0.01").NewOrderRespType(binance.NewOrderRespTypeRESULT)))
	want(c.Error == nil && c.Result.ContingencyType == "OTO", "%+v", c.Error)
	over(c.Result.OrderListId)
}
