"""Geodata: records, storage, questions and answers. It knows nothing of HTTP or HTML.

Which room answers which question:

product      what is the product called?
text, dates, strict_json, paths   how are texts, dates and files from outside read?
unfinished   how is a file there whole or not at all?
hostnames    does the host of an address lead out into the Internet, and is it what it seems?
packing      how do columns become one file?
folding      which texts are the same to a search?
faults, messages, errors   what can be wrong, and in which words is it said?
vocabulary, countries, boundaries, towns   which words, countries, outlines and towns are there?
gazetteer    which towns, regions and countries are called so?
searching    by which words is a record found besides its own?
ground       what lies under the records on a map?
areas        in or near which areas of an operator's layers does a record lie?
columns, schemas   what is a column of a record, and how does a schema say so?
tiles        what does a square of the map show of records, and how is it written?
records      what is a record, what is right in it, and what follows from it on any day?
editing      what is an edit, and how do two edits of one record go together?
joining      what do two records of one project say together?
proposals    what do people say should be in the ledger, until somebody decides?
permissions  who asks, and what may they do?
hooks        who is told of changes by a program, and how far?
alone        which process of several does what only one should?
audit        what was done, by whom?
authors      whose names are shown to nobody?
keys, sessions, store  who may write, who is signed in, and what does a store promise?
relational   what is a store on an SQL database, whichever that is?
geopackage   how does one file keep it?
freshness    how new does an answer have to be?
postgis      how does a PostgreSQL database keep it, for several hosts at once, and how does PostGIS answer?
filter, query   which records are asked for, in which order, as of which day?
operands, temporal   what stands at the sides of a comparison, and how do two times lie to each other?
checked      can a filter be asked of a collection?
crs          which coordinate reference systems are there, and where does a position of one lie?
cql2         what does a filter in CQL2 mean?
wanted, patterns   which words does a question want, and does a text match a pattern?
rowwise      is a filter true of one record?
catalog      what does whoever answers promise?
lately       what was asked for last?
pace         how does work in the background let those go on who answer?
spool        what is read at once, and gone through later?
successors   which records stand for those that are gone?
indexed, made_by   what does every answer need of a record, and what made that ready?
answers      what have the answers of every catalog in common?
memory       how are answers given from memory?
changes      what changed since a moment, of the records that a filter means?
gathered     who is behind the projects, and in which countries are they?
leftovers    what stands beside a store, and tells that there has been one?
moving       how does a whole store get to another place?
backups      how is a store copied, and made again from a copy?
past         what did a store hold at a moment of its history?
opening      which implementations are there, and how is a ledger opened?
snapshot     what does the map need of all records at once?
formats      how are records written into a file that a reader takes away?
statistics   how many records are there of what, and how much do they come to, on any day or year by year?
coverage     how many records are there of what, and how fresh are they?
curated      what lies in the data folder, and how does it get into a store and back?
proposing    what does a proposal state, and what is wrong in it?
reviewing    how does a proposal stand to the records as they are, and what comes of it when it is decided?
deciding     what does whoever decides a proposal state, and how is it carried out?
addresses    which addresses are no source, and what follows from one without asking the Internet?
checks       what makes records believable?
importing    how does a publisher's own file become records?
bulk         what is each row of anybody's table against a store, and how are all of them written at once?
"""
