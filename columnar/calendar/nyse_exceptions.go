package calendar

import "time"

// A closure is a stretch of days without trading that follows no rule.
type closure struct {
	from, to time.Time
	reason   string
}

// The days up to 2011 are those of the exchange's own list of special
// closings ("NYSE Special Closings since 1885", New York Stock Exchange
// Archives), later ones of its announcements, which are named. A closure to
// come is a line here.
var nyseClosures = []closure{
	// Special Closings: presidential elections, until 1980.
	{date(1972, time.November, 7), date(1972, time.November, 7), "election day"},
	{date(1976, time.November, 2), date(1976, time.November, 2), "election day"},
	{date(1980, time.November, 4), date(1980, time.November, 4), "election day"},
	// Special Closings: funerals and days of mourning for former presidents.
	{date(1972, time.December, 28), date(1972, time.December, 28), "President Truman"},
	{date(1973, time.January, 25), date(1973, time.January, 25), "President Johnson"},
	{date(1994, time.April, 27), date(1994, time.April, 27), "President Nixon"},
	{date(2004, time.June, 11), date(2004, time.June, 11), "President Reagan"},
	{date(2007, time.January, 2), date(2007, time.January, 2), "President Ford"},
	// Reuters, "Factbox: Event and market closures for funeral of former
	// President Bush", 3 December 2018.
	{date(2018, time.December, 5), date(2018, time.December, 5), "President George H. W. Bush"},
	// NYSE Group, press release of 30 December 2024.
	{date(2025, time.January, 9), date(2025, time.January, 9), "President Carter"},
	// Special Closings: the city.
	{date(1977, time.July, 14), date(1977, time.July, 14), "power failure in New York"},
	{date(1985, time.September, 27), date(1985, time.September, 27), "hurricane Gloria"},
	{date(2001, time.September, 11), date(2001, time.September, 14), "attacks of 11 September"},
	// NYSE Euronext, press releases of 28 and 29 October 2012.
	{date(2012, time.October, 29), date(2012, time.October, 30), "hurricane Sandy"},
}

// nyseIrregular are days with hours that follow no rule, of the same list. It
// is only read.
var nyseIrregular = map[time.Time]hours{
	date(1973, time.December, 17): {open: clock(11, 0)},  // ice storm
	date(1974, time.January, 16):  {open: clock(10, 15)}, // computer trouble of a large member
	date(1974, time.November, 22): {open: clock(10, 15)}, // fire drill
	date(1974, time.December, 24): {close: clock(14, 0)}, // Christmas Eve
	date(1975, time.February, 12): {close: clock(14, 30)},
	date(1975, time.December, 24): {close: clock(14, 0)},
	date(1976, time.February, 2):  {open: clock(11, 15)}, // storm
	date(1976, time.June, 8):      {open: clock(10, 15)}, // fire drill; the list does not say until when
	date(1976, time.August, 9):    {close: clock(15, 0)}, // hurricane watch
	date(1978, time.January, 20):  {open: clock(12, 0)},  // snow
	date(1978, time.February, 6):  {close: clock(14, 0)},
	date(1978, time.February, 7):  {open: clock(11, 0)},
	date(1981, time.March, 30):    {close: clock(15, 17)}, // attempt on President Reagan's life
	date(1981, time.September, 9): {close: clock(15, 28)}, // power failure

	// Volume after the break of 19 October 1987.
	date(1987, time.October, 23):  {close: clock(14, 0)},
	date(1987, time.October, 26):  {close: clock(14, 0)},
	date(1987, time.October, 27):  {close: clock(14, 0)},
	date(1987, time.October, 28):  {close: clock(14, 0)},
	date(1987, time.October, 29):  {close: clock(14, 0)},
	date(1987, time.October, 30):  {close: clock(14, 0)},
	date(1987, time.November, 2):  {close: clock(14, 30)},
	date(1987, time.November, 3):  {close: clock(14, 30)},
	date(1987, time.November, 4):  {close: clock(14, 30)},
	date(1987, time.November, 5):  {close: clock(15, 0)},
	date(1987, time.November, 6):  {close: clock(15, 0)},
	date(1987, time.November, 9):  {close: clock(15, 30)},
	date(1987, time.November, 10): {close: clock(15, 30)},
	date(1987, time.November, 11): {close: clock(15, 30)},

	date(1989, time.November, 10):  {open: clock(11, 0)},                      // fire in a cable shaft
	date(1990, time.December, 27):  {open: clock(11, 0)},                      // power failure
	date(1991, time.January, 17):   {open: clock(9, 31)},                      // silence for the troops in the Gulf
	date(1991, time.February, 25):  {open: clock(9, 31)},                      // likewise
	date(1994, time.February, 11):  {close: clock(14, 30)},                    // snow
	date(1995, time.December, 18):  {open: clock(10, 30)},                     // computer trouble
	date(1996, time.January, 8):    {open: clock(11, 0), close: clock(14, 0)}, // snow
	date(1997, time.October, 27):   {close: clock(15, 30)},                    // circuit breaker
	date(1997, time.December, 26):  {close: clock(13, 0)},                     // Friday after Christmas
	date(2001, time.September, 17): {open: clock(9, 33)},                      // silence for 11 September
	date(2001, time.October, 8):    {open: clock(9, 31)},                      // silence for the troops
	date(2002, time.September, 11): {open: clock(12, 0)},                      // anniversary
	date(2003, time.March, 20):     {open: clock(9, 32)},                      // silence for the troops
	date(2003, time.December, 26):  {close: clock(13, 0)},                     // Friday after Christmas
	date(2004, time.June, 7):       {open: clock(9, 32)},                      // silence for President Reagan
	date(2005, time.June, 1):       {close: clock(15, 56)},                    // computer trouble
	date(2006, time.December, 27):  {open: clock(9, 32)},                      // silence for President Ford

	// The exchange's board on 4 June 1999, for the change of the century.
	date(1999, time.December, 31): {close: clock(13, 0)},
}
