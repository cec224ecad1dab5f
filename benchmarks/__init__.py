"""Time, memory and money of the parts of Savedesk, each beside a floor, a peer or what it was before."""
