package book

import (
	_ "example.com/unknown"
	_ "modernc.org/sqlite/lib"
	_ "os"
	_ "portcullis/core/instruction"
	_ "portcullis/core/ledger"
)
