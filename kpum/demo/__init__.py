"""The demo city: cast, content as data files, and what loads and serves them."""
