package binance

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// hot are the types that write themselves; what they write must be what
// encoding/json writes for their fields.
func hot() map[string]Appender {
	return map[string]Appender{
		"OrderAck": &OrderAck{}, "OrderResult": &OrderResult{}, "Fill": &Fill{}, "Order": &Order{}, "OrderCancel": &OrderCancel{},
		"MyTrade": &MyTrade{}, "RateLimit": &RateLimit{}, "Depth": &Depth{}, "PublicTrade": &PublicTrade{},
		"AggTrade": &AggTrade{}, "BookTicker": &BookTicker{}, "DepthUpdate": &DepthUpdate{}, "TradeEvent": &TradeEvent{},
		"AggTradeEvent": &AggTradeEvent{}, "BookTickerEvent": &BookTickerEvent{}, "KlineEvent": &KlineEvent{},
		"MiniTickerEvent": &MiniTickerEvent{}, "TickerEvent": &TickerEvent{}, "WindowEvent": &WindowEvent{}, "AvgPriceEvent": &AvgPriceEvent{},
		"ServerShutdown": &ServerShutdown{}, "AccountPosition": &AccountPosition{}, "BalanceUpdate": &BalanceUpdate{},
		"ExecutionReport": &ExecutionReport{}, "ListStatus": &ListStatus{}, "StreamTerminated": &StreamTerminated{},
	}
}

var eventNames = map[string]EventName{
	"DepthUpdate": EventDepthUpdate, "TradeEvent": EventTrade, "AggTradeEvent": EventAggTrade, "KlineEvent": EventKline,
	"MiniTickerEvent": EventMiniTicker, "TickerEvent": EventTicker, "AvgPriceEvent": EventAvgPrice,
	"ServerShutdown": EventServerShutdown, "AccountPosition": EventAccountPosition, "BalanceUpdate": EventBalanceUpdate,
	"ExecutionReport": EventExecutionReport, "ListStatus": EventListStatus, "StreamTerminated": EventTerminated,
}

// fill sets every field to something, and every other time to nothing.
func fill(r *rand.Rand, v reflect.Value) {
	words := []string{"BTCUSDT", "", "a\"b\\c", "<&>", "é\u2028", "x\ny", "\xff", "web_1"}
	switch v.Kind() {
	case reflect.Pointer:
		if r.IntN(2) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(r, v.Elem())
		}
	case reflect.Struct:
		if d, is := v.Addr().Interface().(*Decimal); is {
			if r.IntN(3) > 0 {
				*d = Decimal{int64(r.Uint64()) >> r.IntN(64), uint8(r.IntN(MaxScale + 1))}
			}
			return
		}
		for i := range v.NumField() {
			fill(r, v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), r.IntN(3), 3))
		for i := range v.Len() {
			fill(r, v.Index(i))
		}
	case reflect.String:
		v.SetString(words[r.IntN(len(words))])
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int64, reflect.Int:
		if r.IntN(3) > 0 {
			v.SetInt(int64(r.Uint64()) >> r.IntN(64))
		}
	}
}

func TestAppendEqualsEncodingJSON(t *testing.T) {
	const seed = 7
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, seed))
	for name, v := range hot() {
		rv := reflect.ValueOf(v).Elem()
		for range 200 {
			rv.SetZero()
			fill(r, rv)
			if event, is := eventNames[name]; is {
				rv.FieldByName("Event").SetString(string(event))
			}
			want, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			if got := v.AppendJSON([]byte(",")); string(got[1:]) != string(want) {
				t.Fatalf("%s\n got %s\nwant %s", name, got[1:], want)
			}
		}
	}
}

func TestAppendString(t *testing.T) {
	for c := range 256 {
		for _, s := range []string{string([]byte{byte(c)}), "a" + string(rune(c)) + "b", string(rune(c + 0x2000))} {
			want, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			if got := appendString(nil, s); string(got) != string(want) {
				t.Errorf("%q is written %s, want %s", s, got, want)
			}
		}
	}
}

// Every filter that has a type is read into it.
func TestFiltersAreKnown(t *testing.T) {
	var list Filters
	if err := json.Unmarshal([]byte("["+allFilters+"]"), &list); err != nil {
		t.Fatal(err)
	}
	read := map[string]bool{"EXCHANGE_MAX_NUM_ORDERS": true} // in the sample of exchangeInfo
	for _, f := range list {
		if _, unknown := f.(UnknownFilter); unknown != (FilterName(f) == "SOMETHING_NEW") {
			t.Errorf("%s was read as %T", FilterName(f), f)
		}
		read[FilterName(f)] = true
	}
	for name := range filterReaders {
		if !read[name] {
			t.Errorf("%s is in no sample", name)
		}
	}
}

// Every type that writes itself is compared with encoding/json above, or has a
// test of its own.
func TestHotIsWhole(t *testing.T) {
	covered := map[string]bool{
		// part of others above, or with a MarshalJSON that is AppendJSON: see samples
		"OrderFull": true, "OrderList": true, "ListedOrder": true, "PreventedFill": true, "Level": true, "Kline": true, "StreamCandle": true, "AssetBalance": true, "ListMember": true,
		"Decimal": true, "NullString": true,
		// TestErrors, TestStreamErrors, TestCancelReplace
		"Error": true, "StreamError": true, "CancelReplace": true,
	}
	for name := range hot() {
		covered[name] = true
	}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	found := 0
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range parsed.Decls {
			method, is := decl.(*ast.FuncDecl)
			if !is || method.Name.Name != "AppendJSON" || method.Recv == nil {
				continue
			}
			receiver := method.Recv.List[0].Type
			if star, is := receiver.(*ast.StarExpr); is {
				receiver = star.X
			}
			found++
			if name := receiver.(*ast.Ident).Name; !covered[name] {
				t.Errorf("%s writes itself, and no test says that it is right", name)
			}
		}
	}
	if found < len(hot()) {
		t.Errorf("found %d methods only", found)
	}
}

// samples are answers in the documented form. Reading and writing one must give
// it back to the byte: field names, their order, and their types.
var samples = []struct {
	name string
	into func() any
	json string
}{
	{"order ACK", func() any { return new(OrderAck) }, `{"symbol":"BTCUSDT","orderId":28,"orderListId":-1,"clientOrderId":"6gCrw2kRUAF9CvJDGP16IP","transactTime":1507725176595}`},
	{"order RESULT", func() any { return new(OrderResult) }, `{"symbol":"BTCUSDT","orderId":28,"orderListId":-1,"clientOrderId":"6gC","transactTime":1507725176595,"price":"0.00000000","origQty":"10.00000000","executedQty":"10.00000000","origQuoteOrderQty":"0.000000","cummulativeQuoteQty":"10.00000000","status":"FILLED","timeInForce":"GTC","type":"MARKET","side":"SELL","workingTime":1507725176595,"selfTradePreventionMode":"NONE"}`},
	{"order FULL", func() any { return new(OrderFull) }, `{"symbol":"BTCUSDT","orderId":28,"orderListId":-1,"clientOrderId":"6gC","transactTime":1507725176595,"price":"0.00000000","origQty":"10.00000000","executedQty":"10.00000000","origQuoteOrderQty":"0.000000","cummulativeQuoteQty":"10.00000000","status":"FILLED","timeInForce":"GTC","type":"MARKET","side":"SELL","workingTime":1507725176595,"selfTradePreventionMode":"NONE","fills":[{"price":"4000.00000000","qty":"1.00000000","commission":"4.00000000","commissionAsset":"USDT","tradeId":56},{"price":"3999.00000000","qty":"5.00000000","commission":"19.99500000","commissionAsset":"USDT","tradeId":57}]}`},
	{"order FULL without fills", func() any { return new(OrderFull) }, `{"symbol":"BTCUSDT","orderId":10,"orderListId":1,"clientOrderId":"w","transactTime":1,"price":"1.00","origQty":"5.00","executedQty":"0.00","origQuoteOrderQty":"0.00","cummulativeQuoteQty":"0.00","status":"NEW","timeInForce":"GTC","type":"STOP_LOSS_LIMIT","side":"SELL","stopPrice":"1.00000000","icebergQty":"1.00000000","workingTime":-1,"selfTradePreventionMode":"NONE","fills":[]}`},
	{"query order", func() any { return new(Order) }, `{"symbol":"LTCBTC","orderId":1,"orderListId":-1,"clientOrderId":"myOrder1","price":"0.1","origQty":"1.0","executedQty":"0.0","cummulativeQuoteQty":"0.0","status":"NEW","timeInForce":"GTC","type":"LIMIT","side":"BUY","stopPrice":"0.0","icebergQty":"0.0","time":1499827319559,"updateTime":1499827319559,"isWorking":true,"workingTime":1499827319559,"origQuoteOrderQty":"0.000000","selfTradePreventionMode":"NONE"}`},
	{"cancel", func() any { return new(OrderCancel) }, `{"symbol":"LTCBTC","origClientOrderId":"myOrder1","orderId":4,"orderListId":-1,"clientOrderId":"cancelMyOrder1","transactTime":1684804350068,"price":"2.00000000","origQty":"1.00000000","executedQty":"0.00000000","origQuoteOrderQty":"0.000000","cummulativeQuoteQty":"0.00000000","status":"CANCELED","timeInForce":"GTC","type":"LIMIT","side":"BUY","selfTradePreventionMode":"NONE"}`},
	{"OCO", func() any { return new(OrderList) }, `{"orderListId":1,"contingencyType":"OCO","listStatusType":"EXEC_STARTED","listOrderStatus":"EXECUTING","listClientOrderId":"lH1","transactionTime":1710485608839,"symbol":"LTCBTC","orders":[{"symbol":"LTCBTC","orderId":10,"clientOrderId":"44n"},{"symbol":"LTCBTC","orderId":11,"clientOrderId":"NuM"}],"orderReports":[{"symbol":"LTCBTC"}]}`},
	{"myTrades", func() any { return new([]MyTrade) }, `[{"symbol":"BNBBTC","id":28457,"orderId":100234,"orderListId":-1,"price":"4.00000100","qty":"12.00000000","quoteQty":"48.000012","commission":"10.10000000","commissionAsset":"BNB","time":1499865549590,"isBuyer":true,"isMaker":false,"isBestMatch":true}]`},
	{"prevented", func() any { return new(OrderFull) }, `{"symbol":"BTCUSDT","orderId":5,"orderListId":-1,"clientOrderId":"qMa","transactTime":1673842413170,"price":"1.000000","origQty":"3.000000","executedQty":"0.000000","origQuoteOrderQty":"0.000000","cummulativeQuoteQty":"0.000000","status":"EXPIRED_IN_MATCH","timeInForce":"GTC","type":"LIMIT","side":"SELL","preventedMatchId":1,"preventedQuantity":"3.000000","workingTime":1673842413170,"selfTradePreventionMode":"EXPIRE_BOTH","fills":[],"preventedMatches":[{"preventedMatchId":1,"makerSymbol":"BTCUSDT","makerOrderId":2,"price":"1.000000","takerPreventedQuantity":"3.000000","makerPreventedQuantity":"1.000000"}]}`},
	{"amended", func() any { return new(AmendedOrder) }, `{"transactTime":1741926410255,"executionId":75,"amendedOrder":{"symbol":"BTCUSDT","orderId":33,"orderListId":-1,"origClientOrderId":"5xr","clientOrderId":"PFa","price":"6.00000000","qty":"5.00000000","executedQty":"0.00000000","preventedQty":"0.00000000","quoteOrderQty":"0.00000000","cumulativeQuoteQty":"0.00000000","status":"NEW","timeInForce":"GTC","type":"LIMIT","side":"SELL","workingTime":1741926410242,"selfTradePreventionMode":"NONE"}}`},
	{"rateLimit/order", func() any { return new([]RateLimit) }, `[{"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":50,"count":0}]`},
	{"account", func() any { return new(Account) }, `{"makerCommission":15,"takerCommission":15,"buyerCommission":0,"sellerCommission":0,"commissionRates":{"maker":"0.00150000","taker":"0.00150000","buyer":"0.00000000","seller":"0.00000000"},"canTrade":true,"canWithdraw":true,"canDeposit":true,"brokered":false,"requireSelfTradePrevention":false,"preventSor":false,"updateTime":123456789,"accountType":"SPOT","balances":[{"asset":"BTC","free":"4723846.89208129","locked":"0.00000000"}],"permissions":["SPOT"],"uid":354937868}`},
	{"account/commission", func() any { return new(AccountCommission) }, `{"symbol":"BTCUSDT","standardCommission":{"maker":"0.00000010","taker":"0.00000020","buyer":"0.00000030","seller":"0.00000040"},"specialCommission":{"maker":"0.01000000","taker":"0.02000000","buyer":"0.03000000","seller":"0.04000000"},"taxCommission":{"maker":"0.00000112","taker":"0.00000114","buyer":"0.00000118","seller":"0.00000116"},"discount":{"enabledForAccount":true,"enabledForSymbol":true,"discountAsset":"BNB","discount":"0.75000000"}}`},
	{"depth", func() any { return new(Depth) }, `{"lastUpdateId":1027024,"bids":[["4.00000000","431.00000000"]],"asks":[["4.00000200","12.00000000"]]}`},
	{"trades", func() any { return new([]PublicTrade) }, `[{"id":28457,"price":"4.00000100","qty":"12.00000000","quoteQty":"48.000012","time":1499865549590,"isBuyerMaker":true,"isBestMatch":true}]`},
	{"aggTrades", func() any { return new([]AggTrade) }, `[{"a":26129,"p":"0.01633102","q":"4.70443515","f":27781,"l":27781,"T":1498793709153,"m":true,"M":true}]`},
	{"klines", func() any { return new([]Kline) }, `[[1499040000000,"0.01634790","0.80000000","0.01575800","0.01577100","148976.11427815",1499644799999,"2434.19055334",308,"1756.87402397","28.46694368","0"]]`},
	{"avgPrice", func() any { return new(AvgPrice) }, `{"mins":5,"price":"9.35751834","closeTime":1694061154503}`},
	{"ticker/24hr FULL", func() any { return new(Ticker) }, `{"symbol":"BNBBTC","priceChange":"-94.99999800","priceChangePercent":"-95.960","weightedAvgPrice":"0.29628482","prevClosePrice":"0.10002000","lastPrice":"4.00000200","lastQty":"200.00000000","bidPrice":"4.00000000","bidQty":"100.00000000","askPrice":"4.00000200","askQty":"100.00000000","openPrice":"99.00000000","highPrice":"100.00000000","lowPrice":"0.10000000","volume":"8913.30000000","quoteVolume":"15.30000000","openTime":1499783499040,"closeTime":1499869899040,"firstId":28385,"lastId":28460,"count":76}`},
	{"ticker/24hr MINI", func() any { return new(MiniTicker) }, `{"symbol":"BNBBTC","openPrice":"99.00000000","highPrice":"100.00000000","lowPrice":"0.10000000","lastPrice":"4.00000200","volume":"8913.30000000","quoteVolume":"15.30000000","openTime":1499783499040,"closeTime":1499869899040,"firstId":28385,"lastId":28460,"count":76}`},
	{"ticker/price", func() any { return new(PriceTicker) }, `{"symbol":"LTCBTC","price":"4.00000200"}`},
	{"ticker/bookTicker", func() any { return new(BookTicker) }, `{"symbol":"LTCBTC","bidPrice":"4.00000000","bidQty":"431.00000000","askPrice":"4.00000200","askQty":"9.00000000"}`},
	{"exchangeInfo", func() any { return new(ExchangeInfo) }, `{"timezone":"UTC","serverTime":1565246363776,"rateLimits":[{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":6000}],"exchangeFilters":[{"filterType":"EXCHANGE_MAX_NUM_ORDERS","maxNumOrders":1000}],"symbols":[{"symbol":"ETHBTC","status":"TRADING","baseAsset":"ETH","baseAssetPrecision":8,"quoteAsset":"BTC","quotePrecision":8,"quoteAssetPrecision":8,"baseCommissionPrecision":8,"quoteCommissionPrecision":8,"orderTypes":["LIMIT","LIMIT_MAKER","MARKET"],"icebergAllowed":true,"ocoAllowed":true,"otoAllowed":true,"opoAllowed":true,"quoteOrderQtyMarketAllowed":true,"allowTrailingStop":false,"cancelReplaceAllowed":false,"amendAllowed":false,"pegInstructionsAllowed":true,"isSpotTradingAllowed":true,"isMarginTradingAllowed":true,"filters":[` + allFilters + `],"permissions":[],"permissionSets":[["SPOT","MARGIN"]],"defaultSelfTradePreventionMode":"NONE","allowedSelfTradePreventionModes":["NONE"]}]}`},
	{"coin", func() any { return new(Coin) }, `{"coin":"BTC","depositAllEnable":true,"free":"0.08074558","freeze":"0.00000000","ipoable":"0.00000000","ipoing":"0.00000000","isLegalMoney":false,"locked":"0.00000000","name":"Bitcoin","networkList":[{"addressRegex":"^bc1","coin":"BTC","depositDesc":"","depositDust":"0.00001","depositEnable":true,"isDefault":true,"memoRegex":"","minConfirm":1,"name":"Bitcoin","network":"BTC","specialTips":"","unLockConfirm":2,"withdrawDesc":"","withdrawEnable":true,"withdrawFee":"0.00050000","withdrawIntegerMultiple":"0.00000001","withdrawMax":"750","withdrawMin":"0.00100000","withdrawInternalMin":"0","sameAddress":false,"estimatedArrivalTime":25,"busy":false,"contractAddressUrl":"","contractAddress":""}],"storage":"0.00000000","trading":true,"withdrawAllEnable":true,"withdrawing":"0.00000000"}`},
	{"withdraw/apply", func() any { return new(WithdrawApplied) }, `{"id":"7213fea8e94b4a5593d507237e5a555b"}`},
	{"withdraw/history", func() any { return new(Withdrawal) }, `{"id":"b6ae","amount":"8.91000000","transactionFee":"0.004","coin":"USDT","status":6,"address":"0x94df","txId":"0xb5ef","applyTime":"2019-10-12 11:12:02","network":"ETH","transferType":0,"withdrawOrderId":"WITHDRAWtest123","info":"","confirmNo":3,"walletType":1,"txKey":"","completeTime":"2023-03-23 16:52:41"}`},
	{"deposit/hisrec", func() any { return new(Deposit) }, `{"id":"769800519366885376","amount":"0.001","coin":"BNB","network":"BNB","status":1,"address":"bnb136","addressTag":"101764890","txId":"98A3","insertTime":1661493146000,"completeTime":1661493146000,"transferType":0,"confirmTimes":"1/1","unlockConfirm":0,"walletType":0}`},
	{"deposit/address", func() any { return new(DepositAddress) }, `{"address":"1HPn","coin":"BTC","tag":"","url":""}`},
	{"asset/tradeFee", func() any { return new([]TradeFee) }, `[{"symbol":"ADABNB","makerCommission":"0.001","takerCommission":"0.001"}]`},
	{"system/status", func() any { return new(SystemStatus) }, `{"status":0,"msg":"normal"}`},
	{"apiRestrictions", func() any { return new(APIRestrictions) }, `{"ipRestrict":false,"createTime":1698645219000,"enableReading":true,"enableWithdrawals":false,"enableInternalTransfer":false,"enableMargin":false,"enableFutures":false,"permitsUniversalTransfer":false,"enableVanillaOptions":false,"enableFixApiTrade":false,"enableFixReadOnly":true,"enableSpotAndMarginTrading":false,"enablePortfolioMarginTrading":true}`},
	{"getUserAsset", func() any { return new([]UserAsset) }, `[{"asset":"AVAX","free":"1","locked":"0","freeze":"0","withdrawing":"0","ipoable":"0","btcValuation":"0"}]`},
	{"depthUpdate", func() any { return new(DepthUpdate) }, `{"e":"depthUpdate","E":1672515782136,"s":"BNBBTC","U":157,"u":160,"b":[["0.0024","10"]],"a":[["0.0026","100"]]}`},
	{"trade", func() any { return new(TradeEvent) }, `{"e":"trade","E":1672515782136,"s":"BNBBTC","t":12345,"p":"0.001","q":"100","T":1672515782136,"m":true,"M":true}`},
	{"aggTrade", func() any { return new(AggTradeEvent) }, `{"e":"aggTrade","E":1672515782136,"s":"BNBBTC","a":12345,"p":"0.001","q":"100","f":100,"l":105,"T":1672515782136,"m":true,"M":true}`},
	{"bookTicker", func() any { return new(BookTickerEvent) }, `{"u":400900217,"s":"BNBUSDT","b":"25.35190000","B":"31.21000000","a":"25.36520000","A":"40.66000000"}`},
	{"kline", func() any { return new(KlineEvent) }, `{"e":"kline","E":1672515782136,"s":"BNBBTC","k":{"t":1672515780000,"T":1672515839999,"s":"BNBBTC","i":"1m","f":100,"L":200,"o":"0.0010","c":"0.0020","h":"0.0025","l":"0.0015","v":"1000","n":100,"x":false,"q":"1.0000","V":"500","Q":"0.500","B":"123456"}}`},
	{"1hTicker", func() any { return new(WindowEvent) }, `{"e":"1hTicker","E":1672515782136,"s":"BNBBTC","p":"0.0015","P":"250.00","o":"0.0010","h":"0.0025","l":"0.0010","c":"0.0025","w":"0.0018","v":"10000","q":"18","O":0,"C":1675216573749,"F":0,"L":18150,"n":18151}`},
	{"24hrMiniTicker", func() any { return new(MiniTickerEvent) }, `{"e":"24hrMiniTicker","E":1672515782136,"s":"BNBBTC","c":"0.0025","o":"0.0010","h":"0.0025","l":"0.0010","v":"10000","q":"18"}`},
	{"24hrTicker", func() any { return new(TickerEvent) }, `{"e":"24hrTicker","E":1672515782136,"s":"BNBBTC","p":"0.0015","P":"250.00","w":"0.0018","x":"0.0009","c":"0.0025","Q":"10","b":"0.0024","B":"10","a":"0.0026","A":"100","o":"0.0010","h":"0.0025","l":"0.0010","v":"10000","q":"18","O":0,"C":86400000,"F":0,"L":18150,"n":18151}`},
	{"avgPrice event", func() any { return new(AvgPriceEvent) }, `{"e":"avgPrice","E":1693907033000,"s":"BTCUSDT","i":"5m","w":"25776.86000000","T":1693907032213}`},
	{"outboundAccountPosition", func() any { return new(AccountPosition) }, `{"e":"outboundAccountPosition","E":1564034571105,"u":1564034571073,"B":[{"a":"ETH","f":"10000.000000","l":"0.000000"}]}`},
	{"balanceUpdate", func() any { return new(BalanceUpdate) }, `{"e":"balanceUpdate","E":1573200697110,"a":"BTC","d":"-100.00000000","T":1573200697068}`},
	{"executionReport", func() any { return new(ExecutionReport) }, `{"e":"executionReport","E":1499405658658,"s":"ETHBTC","c":"mUv","S":"BUY","o":"LIMIT","f":"GTC","q":"1.00000000","p":"0.10264410","P":"0.00000000","F":"0.00000000","g":-1,"C":"","x":"NEW","X":"NEW","r":"NONE","i":4293153,"l":"0.00000000","z":"0.00000000","L":"0.00000000","n":"0","N":null,"T":1499405658657,"t":-1,"v":3,"I":8641984,"w":true,"m":false,"M":false,"O":1499405658657,"Z":"0.00000000","Y":"0.00000000","Q":"0.00000000","W":1499405658657,"V":"NONE"}`},
	{"executionReport, prevented", func() any { return new(ExecutionReport) }, `{"e":"executionReport","E":1,"s":"ETHBTC","c":"m","S":"BUY","o":"STOP_LOSS","f":"GTC","q":"1.0","p":"0.1","P":"0.2","d":4,"F":"0.0","g":-1,"C":"x","x":"TRADE_PREVENTION","X":"EXPIRED_IN_MATCH","r":"NONE","i":4,"l":"0.0","z":"0.0","L":"0.0","n":"0.01","N":"BNB","T":1,"t":-1,"v":3,"I":8,"w":false,"m":false,"M":false,"O":1,"Z":"0.0","Y":"0.0","Q":"0.0","D":1668680518494,"V":"DECREMENT","j":1,"J":1000000,"eR":"REJECTED","A":"3.000000","B":"3.000000","u":1,"U":37,"Cs":"BTCUSDT","pl":"2.123456","pL":"0.10000001","pY":"0.21234562"}`},
	{"listStatus", func() any { return new(ListStatus) }, `{"e":"listStatus","E":1564035303637,"s":"ETHBTC","g":2,"c":"OCO","l":"EXEC_STARTED","L":"EXECUTING","r":"NONE","C":"F4Q","T":1564035303625,"O":[{"s":"ETHBTC","i":17,"c":"AJY"},{"s":"ETHBTC","i":18,"c":"bfY"}]}`},
	{"eventStreamTerminated", func() any { return new(StreamTerminated) }, `{"e":"eventStreamTerminated","E":1728973001334}`},
	{"serverShutdown", func() any { return new(ServerShutdown) }, `{"e":"serverShutdown","E":1770123456789}`},
	{"session", func() any { return new(Session) }, `{"apiKey":null,"authorizedSince":null,"connectedSince":1649729873021,"returnRateLimits":false,"serverTime":1649730611671,"userDataStream":false}`},
}

const allFilters = `{"filterType":"PRICE_FILTER","minPrice":"0.00000100","maxPrice":"100000.00000000","tickSize":"0.00000100"},` +
	`{"filterType":"PERCENT_PRICE","multiplierUp":"1.3000","multiplierDown":"0.7000","avgPriceMins":5},` +
	`{"filterType":"PERCENT_PRICE_BY_SIDE","bidMultiplierUp":"1.2","bidMultiplierDown":"0.2","askMultiplierUp":"5","askMultiplierDown":"0.8","avgPriceMins":0},` +
	`{"filterType":"LOT_SIZE","minQty":"0.00100000","maxQty":"100000.00000000","stepSize":"0.00100000"},` +
	`{"filterType":"MARKET_LOT_SIZE","minQty":"0.00100000","maxQty":"100000.00000000","stepSize":"0.00100000"},` +
	`{"filterType":"NOTIONAL","minNotional":"10.00000000","applyMinToMarket":false,"maxNotional":"10000.00000000","applyMaxToMarket":false,"avgPriceMins":5},` +
	`{"filterType":"ICEBERG_PARTS","limit":10},{"filterType":"MAX_NUM_ORDERS","maxNumOrders":25},` +
	`{"filterType":"MAX_NUM_ALGO_ORDERS","maxNumAlgoOrders":5},{"filterType":"MAX_NUM_ICEBERG_ORDERS","maxNumIcebergOrders":5},` +
	`{"filterType":"MAX_POSITION","maxPosition":"10.00000000"},` +
	`{"filterType":"TRAILING_DELTA","minTrailingAboveDelta":10,"maxTrailingAboveDelta":2000,"minTrailingBelowDelta":10,"maxTrailingBelowDelta":2000},` +
	`{"filterType":"MAX_NUM_ORDER_LISTS","maxNumOrderLists":20},{"filterType":"MAX_NUM_ORDER_AMENDS","maxNumOrderAmends":10},{"filterType":"EXCHANGE_MAX_NUM_ALGO_ORDERS","maxNumAlgoOrders":200},` +
	`{"filterType":"SOMETHING_NEW","limit":"1","x":{"y":[1]}}`

func TestSamples(t *testing.T) {
	for _, s := range samples {
		v := s.into()
		dec := json.NewDecoder(strings.NewReader(s.json))
		dec.DisallowUnknownFields()
		if err := dec.Decode(v); err != nil {
			t.Errorf("%s: %v", s.name, err)
			continue
		}
		if got, err := json.Marshal(v); err != nil || string(got) != s.json {
			t.Errorf("%s: %v\n got %s\nwant %s", s.name, err, got, s.json)
		}
		if a, is := v.(Appender); is {
			if got := a.AppendJSON(nil); string(got) != s.json {
				t.Errorf("%s, appended\n got %s\nwant %s", s.name, got, s.json)
			}
		}
	}
}

func TestEventNameIsWrittenUnset(t *testing.T) {
	for name, event := range eventNames {
		got := hot()[name].AppendJSON(nil)
		if !bytes.HasPrefix(got, []byte(`{"e":"`+string(event)+`"`)) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestListsAreNeverNull(t *testing.T) {
	for want, got := range map[string][]byte{
		`{"lastUpdateId":0,"bids":[],"asks":[]}`: (&Depth{}).AppendJSON(nil),
		`[]`:                                     AppendOrders(nil, nil),
		"[] ":                                    append(AppendKlines(nil, nil), ' '),
	} {
		if string(got) != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got, _ := json.Marshal(Filters(nil)); string(got) != "[]" {
		t.Errorf("filters: %s", got)
	}
	if got, _ := json.Marshal(&Depth{}); string(got) != `{"lastUpdateId":0,"bids":[],"asks":[]}` {
		t.Errorf("depth: %s", got)
	}
	full := OrderFull{}
	if got, _ := json.Marshal(full); !bytes.HasSuffix(got, []byte(`"fills":[]}`)) {
		t.Errorf("fills: %s", got)
	}
}

func TestMiniOfTicker(t *testing.T) {
	var full Ticker
	r := rand.New(rand.NewPCG(1, 2))
	fill(r, reflect.ValueOf(&full).Elem())
	mini := full.Mini()
	a, b := reflect.ValueOf(full), reflect.ValueOf(mini)
	for i := range b.NumField() {
		name := b.Type().Field(i).Name
		if a.FieldByName(name).Interface() != b.Field(i).Interface() {
			t.Errorf("%s differs", name)
		}
	}
}

func TestCancelReplace(t *testing.T) {
	ack, canceled := &OrderAck{Symbol: "A"}, &OrderCancel{Symbol: "A"}
	no, limit := ErrCancelRejected(MsgUnknownOrder), ErrTooManyOrders(1, "10 SECOND", 3)
	for _, c := range []struct {
		r      CancelReplace
		status int
		code   string
		halves string
	}{
		{CancelReplace{canceled, ack}, 200, `{"cancelResult"`, `"cancelResult":"SUCCESS","newOrderResult":"SUCCESS","cancelResponse":{"symbol":"A"`},
		{CancelReplace{no, nil}, 400, `{"code":-2022,"msg":"Order cancel-replace failed.","data":{`, `"cancelResult":"FAILURE","newOrderResult":"NOT_ATTEMPTED","cancelResponse":{"code":-2011,"msg":"Unknown order sent."},"newOrderResponse":null}}`},
		{CancelReplace{canceled, ErrRejected(MsgWouldTake)}, 409, `{"code":-2021,"msg":"Order cancel-replace partially failed.","data":{`, `"newOrderResponse":{"code":-2010,"msg":"Order would immediately match and take."}}}`},
		{CancelReplace{no, ack}, 409, `{"code":-2021`, `"cancelResult":"FAILURE","newOrderResult":"SUCCESS"`},
		{CancelReplace{no, ErrRejected(MsgWouldTake)}, 400, `{"code":-2022`, `"cancelResult":"FAILURE","newOrderResult":"FAILURE"`},
		{CancelReplace{canceled, limit}, 429, `{"code":-2021`, `"code":-1015,"msg":"Too many new orders; current limit is 1 orders per 10 SECOND."`},
	} {
		got := string(c.r.AppendJSON(nil))
		if c.r.Status() != c.status || !strings.HasPrefix(got, c.code) || !strings.Contains(got, c.halves) || !json.Valid([]byte(got)) {
			t.Errorf("%d %s\nwant %d %s … %s", c.r.Status(), got, c.status, c.code, c.halves)
		}
	}
}

func TestHotAllocatesNothing(t *testing.T) {
	dst := make([]byte, 0, 4096)
	result := OrderFull{Fills: []Fill{{Price: Decimal{1, 8}, CommissionAsset: "BTC"}}}
	depth := DepthUpdate{Symbol: "BTCUSDT", Bids: Levels{{Decimal{5, 2}, Decimal{7, 8}}}}
	report := ExecutionReport{Symbol: "BTCUSDT", CommissionAsset: "BTC"}
	if n := testing.AllocsPerRun(100, func() {
		dst = result.AppendJSON(dst[:0])
		dst = depth.AppendJSON(dst[:0])
		dst = report.AppendJSON(dst[:0])
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
