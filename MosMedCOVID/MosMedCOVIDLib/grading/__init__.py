"""What masks mean: millilitres, involvement and the CT grade."""
