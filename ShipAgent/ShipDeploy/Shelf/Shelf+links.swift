import FleetDeploy
import FleetRuntime
import Glibc

/// What runs: the links of the slots.
extension Shelf {
    package func folder(_ slot: SlotName) -> String { "\(slots)/\(slot)" }

    package func path(_ slot: SlotName, _ link: SlotTask.Link) -> String {
        "\(folder(slot))/\(link.rawValue)"
    }

    /// What a link names; `nil` for nothing, or for something that is not of this shelf.
    package func linked(_ slot: SlotName, _ link: SlotTask.Link) -> TreeDigest? {
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                guard let start = characters.baseAddress else { return 0 }
                return readlink(path(slot, link), start, characters.count)
            }
        }
        guard count > 0, count < buffer.count else { return nil }
        let text = String(decoding: buffer[..<count], as: UTF8.self)
        guard text.hasPrefix(Self.way) else { return nil }
        return TreeDigest(text: String(text.dropFirst(Self.way.count)))
    }

    private static let way = "../../trees/"

    /// Lets a link name a tree, or nothing. Whoever follows it finds the one before or this one, whenever the
    /// machine stops; once this returns it is this one for good.
    package func point(_ slot: SlotName, _ link: SlotTask.Link, to tree: TreeDigest?) throws {
        let folder = folder(slot)
        try FolderWork.create(folder)
        let path = path(slot, link)
        guard let tree else {
            guard unlink(path) == 0 || errno == ENOENT else { throw FileError("remove", path) }
            return try AtomicFile.syncFolder(folder)
        }
        guard holds(tree) else { throw DeployError(.notHeld, "\(tree) is not on the shelf") }
        guard linked(slot, link) != tree else { return try AtomicFile.syncFolder(folder) }
        let new = "\(folder)/.\(link.rawValue).new"
        guard unlink(new) == 0 || errno == ENOENT else { throw FileError("remove", new) }
        guard symlink("\(Self.way)\(tree)", new) == 0 else { throw FileError("create", new) }
        guard rename(new, path) == 0 else { throw FileError("rename a new link to", path) }
        try AtomicFile.syncFolder(folder)
    }
}
