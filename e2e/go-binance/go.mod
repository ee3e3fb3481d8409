module portcullis/e2e/go-binance

go 1.26.0

require github.com/adshao/go-binance/v2 v2.8.7
