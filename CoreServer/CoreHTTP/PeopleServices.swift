import CoreDomain

/// What people sign in with.
package struct PeopleServices: Sendable {
    package let sessions: Sessions
    package let passwords: Passwords
    package let signIn: SignIn

    package init(sessions: Sessions, passwords: Passwords, signIn: SignIn) {
        self.sessions = sessions
        self.passwords = passwords
        self.signIn = signIn
    }
}
