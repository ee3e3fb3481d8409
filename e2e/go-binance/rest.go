package main

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/adshao/go-binance/v2"
	"github.com/adshao/go-binance/v2/common"
)

func order(c *binance.Client, side binance.SideType, qty, price string) *binance.CreateOrderService {
	return c.NewCreateOrderService().Symbol(symbol).Side(side).Type(binance.OrderTypeLimit).TimeInForce(binance.TimeInForceTypeGTC).
		Quantity(qty).Price(price).NewOrderRespType(binance.NewOrderRespTypeFULL)
}

func number(text string) float64 { return must(strconv.ParseFloat(text, 64)) }

func clean(clients ...*binance.Client) {
	for _, c := range clients {
		// Not asked first: what asks and what cancels have the same parameters, and within one millisecond the same signature,
		// which the venue does not take for both.
		if _, err := c.NewCancelOpenOrdersService().Symbol(symbol).Do(ctx); err != nil {
			refused(err, -2011, "")
		}
	}
}

func rest() {
	maker, taker := client("hmac", config.Maker["hmac"]), client("ed25519", config.Taker["ed25519"])
	open := client("hmac", key{})
	check("public: connectivity and rules", func() {
		mustNot(open.NewPingService().Do(ctx))
		want(must(open.NewServerTimeService().Do(ctx)) > 0, "no time")
		must(maker.NewSetServerTimeService().Do(ctx))
		info := must(open.NewExchangeInfoService().Symbol(symbol).Do(ctx))
		want(len(info.Symbols) == 1 && info.Symbols[0].PriceFilter().TickSize != "" && info.Symbols[0].LotSizeFilter() != nil &&
			info.Symbols[0].NotionalFilter() != nil && info.Symbols[0].MaxNumOrdersFilter() != nil, "%+v", info)
		hide := false
		info = must(open.NewExchangeInfoService().Permissions("SPOT").ShowPermissionSets(&hide).Do(ctx))
		want(len(info.Symbols) == 1 && len(info.Symbols[0].PermissionSets) == 0, "%+v", info.Symbols)
	})
	for kind, k := range config.Maker {
		check("orders with an "+kind+" key", func() { placeAndCancel(client(kind, k)) })
	}
	check("orders: limit, market, by cost, maker, replace, test", func() { orders(maker, taker) })
	check("orders: stops, icebergs, lists", func() { lists(maker, taker) })
	check("account", func() { account(taker) })
	check("market data", func() { market(open, maker, taker) })
	check("wallet", func() { wallet(maker, client("ed25519", config.Payer), client("hmac", config.Legacy)) })
	check("listenKeys", func() {
		word := must(maker.NewStartUserStreamService().Do(ctx))
		want(len(word) == 64, "%q", word)
		mustNot(maker.NewKeepaliveUserStreamService().ListenKey(word).Do(ctx))
		mustNot(maker.NewCloseUserStreamService().ListenKey(word).Do(ctx))
		refused(maker.NewKeepaliveUserStreamService().ListenKey(word).Do(ctx), -1125, "")
	})
	check("errors", func() { mistakes(taker) })
	check("every other service of the client is refused in words", others)
	clean(maker, taker)
}

func placeAndCancel(c *binance.Client) {
	o := must(order(c, binance.SideTypeBuy, "0.001", "20000").Do(ctx))
	want(o.Status == binance.OrderStatusTypeNew, "%+v", o)
	want(must(c.NewGetOrderService().Symbol(symbol).OrderID(o.OrderID).Do(ctx)).ClientOrderID == o.ClientOrderID, "another order")
	want(must(c.NewCancelOrderService().Symbol(symbol).OrigClientOrderID(o.ClientOrderID).Do(ctx)).Status == binance.OrderStatusTypeCanceled, "not cancelled")
}

func orders(maker, taker *binance.Client) {
	sell := must(order(maker, binance.SideTypeSell, "1", "30000").NewClientOrderID("go-1").Do(ctx))
	full := must(order(taker, binance.SideTypeBuy, "0.05", "30000").Do(ctx))
	want(full.Status == binance.OrderStatusTypeFilled && len(full.Fills) == 1 && full.Fills[0].CommissionAsset == "BTC", "%+v", full)
	buy := func() *binance.CreateOrderService {
		return taker.NewCreateOrderService().Symbol(symbol).Side(binance.SideTypeBuy).Type(binance.OrderTypeMarket)
	}
	want(number(must(buy().Quantity("0.01").Do(ctx)).CummulativeQuoteQuantity) == 300, "by quantity")
	want(number(must(buy().QuoteOrderQty("600").Do(ctx)).ExecutedQuantity) == 0.02, "by cost")
	_, err := taker.NewCreateOrderService().Symbol(symbol).Side(binance.SideTypeBuy).Type(binance.OrderTypeLimitMaker).Quantity("0.01").Price("30000").Do(ctx)
	refused(err, -2010, "match and take")
	r := must(maker.NewCancelReplaceOrderService().Symbol(symbol).Side(binance.SideTypeSell).Type(binance.OrderTypeLimit).
		TimeInForce(binance.TimeInForceTypeGTC).Quantity("2").Price("31000").CancelReplaceMode(binance.CancelReplaceModeStopOnFailure).CancelOrderID(sell.OrderID).Do(ctx))
	want(r.CancelResult == "SUCCESS" && r.NewOrderResult == "SUCCESS", "%+v", r)
	mustNot(order(maker, binance.SideTypeBuy, "0.1", "20000").Test(ctx))
	refused(order(maker, binance.SideTypeBuy, "0.1", "20000.001").Test(ctx), -1013, "PRICE_FILTER")
	clean(maker, taker)
}

func lists(maker, taker *binance.Client) {
	must(order(maker, binance.SideTypeSell, "1", "30000").Do(ctx))
	must(taker.NewCreateOrderService().Symbol(symbol).Side(binance.SideTypeBuy).Type(binance.OrderTypeMarket).Quantity("0.01").Do(ctx)) // a last price
	stop := must(taker.NewCreateOrderService().Symbol(symbol).Side(binance.SideTypeSell).Type(binance.OrderTypeStopLossLimit).
		TimeInForce(binance.TimeInForceTypeGTC).Quantity("0.01").Price("19900").StopPrice("20000").Do(ctx))
	want(number(must(taker.NewGetOrderService().Symbol(symbol).OrderID(stop.OrderID).Do(ctx)).StopPrice) == 20000, "no stop")
	must(order(taker, binance.SideTypeBuy, "0.1", "20000").IcebergQuantity("0.05").Do(ctx))
	oco := must(taker.NewCreateOCOService().Symbol(symbol).Side(binance.SideTypeSell).Quantity("0.01").Price("40000").StopPrice("20000").
		StopLimitPrice("19900").StopLimitTimeInForce(binance.TimeInForceTypeGTC).Do(ctx))
	want(oco.ContingencyType == "OCO" && len(oco.Orders) == 2, "%+v", oco)
	want(len(must(taker.NewListOpenOcoService().Do(ctx))) == 1, "open lists")
	want(must(taker.NewCancelOCOService().Symbol(symbol).OrderListID(oco.OrderListID).Do(ctx)).ListOrderStatus == "ALL_DONE", "not cancelled")
	clean(maker, taker)
}

func account(c *binance.Client) {
	a := must(c.NewGetAccountService().OmitZeroBalances(true).Do(ctx))
	want(a.CanTrade && len(a.Balances) == 2, "%+v", a)
	want(len(must(c.NewListOrdersService().Symbol(symbol).Do(ctx))) >= 3, "orders")
	mine := must(c.NewListTradesService().Symbol(symbol).Do(ctx))
	want(len(mine) >= 3 && !mine[0].IsMaker, "trades")
	want(len(must(c.NewRateLimitService().Do(ctx))) == 2, "limits")
	want(number(must(c.NewGetCommissionRatesService().Symbol(symbol).Do(ctx)).StandardCommission.Taker) == 0.001, "fees")
	want(must(c.NewGetAPIKeyPermission().Do(ctx)).EnableReading, "rights")
}

func market(open, maker, taker *binance.Client) {
	must(order(maker, binance.SideTypeSell, "0.5", "30000").Do(ctx))
	must(order(maker, binance.SideTypeBuy, "0.5", "29000").Do(ctx))
	book := must(open.NewDepthService().Symbol(symbol).Limit(5).Do(ctx))
	want(number(book.Asks[0].Price) == 30000 && number(book.Bids[0].Quantity) == 0.5, "%+v", book)
	want(len(must(open.NewRecentTradesService().Symbol(symbol).Do(ctx))) >= 3, "recent trades")
	want(must(open.NewHistoricalTradesService().Symbol(symbol).FromID(1).Limit(1).Do(ctx))[0].ID == 1, "old trades")
	want(len(must(open.NewAggTradesService().Symbol(symbol).Do(ctx))) >= 3, "aggregates")
	want(len(must(open.NewKlinesService().Symbol(symbol).Interval("1m").Do(ctx))) >= 1, "candles")
	want(len(must(open.NewUiKlinesService().Symbol(symbol).Interval("1h").TimeZone("8").Do(ctx))) >= 1, "candles to look at")
	want(number(must(open.NewAveragePriceService().Symbol(symbol).Do(ctx)).Price) > 0, "average")
	want(number(must(open.NewListPriceChangeStatsService().Symbol(symbol).Do(ctx))[0].LastPrice) == 30000, "24 hours")
	want(len(must(open.NewListPriceChangeStatsService().Symbols([]string{symbol}).Do(ctx))) == 1, "24 hours of a list")
	want(number(must(open.NewListPricesService().Symbol(symbol).Do(ctx))[0].Price) == 30000, "price")
	want(len(must(open.NewListPricesService().Do(ctx))) == 1, "prices")
	want(number(must(open.NewListBookTickersService().Symbol(symbol).Do(ctx))[0].BidPrice) == 29000, "best prices")
	want(len(must(open.NewListSymbolTickerService().Symbol(symbol).WindowSize("1h").Do(ctx))) == 1, "a window")
	want(len(must(open.NewTradingDayTickerService().Symbol(symbol).Do(ctx))) == 1, "a day")
	clean(maker, taker)
}

func wallet(c, payer, legacy *binance.Client) {
	want(len(must(c.NewGetAllCoinsInfoService().Do(ctx))) == 2, "coins")
	want(len(must(c.NewListWithdrawsService().Coin("BTC").Do(ctx))) == 0, "withdrawals")
	want(len(must(c.NewListDepositsService().Coin("BTC").Do(ctx))) == 1, "deposits")
	want(len(must(c.NewGetUserAsset().Asset("BTC").Do(ctx))) == 1, "assets")
	want(must(c.NewGetAssetDetailService().Asset("BTC").Do(ctx))["BTC"].WithdrawStatus, "details")
	want(must(c.NewTradeFeeService().Symbol(symbol).Do(ctx))[0].Symbol == symbol, "fees")
	_, err := c.NewCreateWithdrawService().Coin("BTC").Address("x").Amount("1").Do(ctx)
	refused(err, -2015, "no right")
	_, err = payer.NewCreateWithdrawService().Coin("BTC").Address("x").Amount("1").Do(ctx)
	refused(err, -4035, "address book")
	id := must(legacy.NewCreateWithdrawService().Coin("BTC").Address("x").Amount("1").Do(ctx)).ID
	list := must(c.NewListWithdrawsService().Coin("BTC").Do(ctx))
	want(len(list) == 1 && list[0].ID == id && list[0].Status == 2, "a withdrawal that waits")
	_, err = c.NewGetDepositAddressService().Coin("BTC").Do(ctx)
	refused(err, -1020, "operator")
}

func mistakes(taker *binance.Client) {
	_, err := order(taker, binance.SideTypeBuy, "9000", "30000").Do(ctx)
	refused(err, -2010, "insufficient balance")
	_, err = taker.NewCancelOrderService().Symbol(symbol).OrderID(999999999).Do(ctx)
	refused(err, -2011, "")
	_, err = taker.NewGetOrderService().Symbol(symbol).OrderID(999999999).Do(ctx)
	refused(err, -2013, "")
	_, err = taker.NewDepthService().Symbol("NOSUCH").Do(ctx)
	refused(err, -1121, "")
	_, err = order(taker, binance.SideTypeBuy, "0.00001", "20000").Do(ctx)
	refused(err, -1013, "NOTIONAL")
	for _, x := range []struct {
		key  key
		code int64
		text string
	}{
		{key{config.Maker["hmac"].APIKey, strings.Repeat("x", 64)}, -1022, ""}, {key{"no key", "x"}, -2014, ""},
		{key{strings.Repeat("A", 64), "x"}, -2015, ""}, {config.Revoked, -2015, "deleted"}, {config.Fenced, -2015, "address"},
	} {
		_, err := client("hmac", x.key).NewGetAccountService().Do(ctx)
		refused(err, x.code, x.text)
	}
	_, err = order(client("hmac", config.ReadOnly), binance.SideTypeBuy, "0.01", "20000").Do(ctx)
	refused(err, -2015, "right")
	late := client("hmac", config.Maker["hmac"])
	late.TimeOffset = 120_000
	_, err = late.NewGetAccountService().Do(ctx)
	refused(err, -1021, "")
}

// driven are the services that the checks above use.
var driven = []string{
	"NewPingService", "NewServerTimeService", "NewSetServerTimeService", "NewDepthService", "NewAggTradesService", "NewRecentTradesService",
	"NewKlinesService", "NewUiKlinesService", "NewListPriceChangeStatsService", "NewListPricesService", "NewTradingDayTickerService",
	"NewListBookTickersService", "NewListSymbolTickerService", "NewCreateOrderService", "NewGetOrderService", "NewCancelOrderService",
	"NewCancelReplaceOrderService", "NewCancelOpenOrdersService", "NewListOpenOrdersService", "NewListOrdersService", "NewGetAccountService",
	"NewGetCommissionRatesService", "NewGetAPIKeyPermission", "NewListTradesService", "NewHistoricalTradesService", "NewListDepositsService",
	"NewGetDepositAddressService", "NewCreateWithdrawService", "NewListWithdrawsService", "NewStartUserStreamService",
	"NewKeepaliveUserStreamService", "NewCloseUserStreamService", "NewExchangeInfoService", "NewRateLimitService", "NewGetAssetDetailService",
	"NewAveragePriceService", "NewGetAllCoinsInfoService", "NewTradeFeeService", "NewGetUserAsset",
	"NewCreateOCOService", "NewCancelOCOService", "NewListOpenOcoService",
}

// empty are what another client asks for before it does anything, and is answered empty.
var empty = []string{"NewGetMarginAllPairsService", "NewGetIsolatedMarginAllPairsService"}

// subAccounts are services of which the venue has some, and says what it misses.
func subAccounts(name string) bool {
	return strings.Contains(strings.ToLower(name), "subacc") || strings.Contains(name, "InternalUniversalTransfer")
}

// call carries out a service; ok is false where the client fails by itself, because it was given no parameters.
func call(do reflect.Value) (err error, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	results := do.Call([]reflect.Value{reflect.ValueOf(ctx)})
	err, _ = results[len(results)-1].Interface().(error)
	return err, true
}

// others calls every service that was not driven, without parameters.
func others() {
	c := client("hmac", config.Maker["hmac"])
	v, n := reflect.ValueOf(c), 0
	for i := range v.NumMethod() {
		name := v.Type().Method(i).Name
		if !strings.HasPrefix(name, "New") || slices.Contains(slices.Concat(driven, empty), name) || v.Method(i).Type().NumIn() != 0 {
			continue
		}
		do := v.Method(i).Call(nil)[0].MethodByName("Do")
		if !do.IsValid() {
			continue
		}
		err, ok := call(do)
		if !ok {
			continue
		}
		var e *common.APIError
		want(subAccounts(name) && (err == nil || errors.As(err, &e)) || errors.As(err, &e) && e.Code == -1020 && e.Message != "", "%s: %v", name, err)
		n++
	}
	fmt.Println("refused", n)
	fmt.Println("covered", len(driven))
}
