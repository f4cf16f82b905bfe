/// How far one recorded file has been replayed into this store.
package struct ReplayCursor: Sendable, Equatable {
    /// The file by its content, and the names under which its series are stored.
    package let file: String
    package let job: String
    package let instance: String
    /// Lines before this one are in the store.
    package var nextLine: Int
    package var isFinished: Bool

    package init(file: String, job: String, instance: String, nextLine: Int, isFinished: Bool) {
        self.file = file
        self.job = job
        self.instance = instance
        self.nextLine = nextLine
        self.isFinished = isFinished
    }
}
