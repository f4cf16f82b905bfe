/// What the store remembers of what programs aboard sent by themselves.
extension StoreSchema {
    static let intake = """
        -- The newest sample of each series that was written remotely, so that what is sent again is
        -- known again after a restart: 1,024 series a row. What is in the window is newer still.
        CREATE TABLE intake_newest (
            chunk INTEGER PRIMARY KEY,
            times BLOB NOT NULL
        );

        -- Digests of the requests that came last.
        CREATE TABLE intake_requests (
            slot INTEGER PRIMARY KEY,
            digest BLOB NOT NULL
        );
        """
}
