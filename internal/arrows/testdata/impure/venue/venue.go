package venue
