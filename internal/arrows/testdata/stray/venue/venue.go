package venue

import (
	_ "portcullis/wallet"

	_ "portcullis/dialect/binance"
	_ "portcullis/engine"
)
