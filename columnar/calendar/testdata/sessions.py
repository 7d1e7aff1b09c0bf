"""Prints the sessions of the New York Stock Exchange by two packages.

A line is "package date open close", the hours in New York. The packages are
exchange_calendars (days only: it leaves most irregular hours out) and
pandas_market_calendars.
"""
import sys
import warnings

warnings.filterwarnings("ignore")

import exchange_calendars
import pandas_market_calendars

first, last = sys.argv[1:]
zone = "America/New_York"
days = exchange_calendars.get_calendar("XNYS", start=first, end=last).schedule.index
for day in days:
    print("exchange_calendars", day.date(), "- -")
schedule = pandas_market_calendars.get_calendar("NYSE").schedule(first, last)
for day, row in schedule.iterrows():
    opens, closes = (row[c].tz_convert(zone).strftime("%H:%M") for c in ("market_open", "market_close"))
    print("pandas_market_calendars", day.date(), opens, closes)
