"""Tables that people upload: compared by a process of their own, shown, and written when their authors say so."""
