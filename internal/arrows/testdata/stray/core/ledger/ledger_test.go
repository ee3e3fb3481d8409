package ledger

import _ "portcullis/venue" // tests may reach further
