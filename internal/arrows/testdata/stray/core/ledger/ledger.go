package ledger

import _ "portcullis/core/money"
