package io.weir.router.chat;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One message of a conversation. Carries content: its {@code toString} does not.
 *
 * @param role who speaks
 * @param parts at least one
 */
public record Message(Role role, List<Part> parts) {

    public Message {
        parts = List.copyOf(parts);
    }

    public static Message text(Role role, String text) {
        return new Message(role, List.of(new Part.Text(text)));
    }

    /** Who speaks. */
    public enum Role {
        SYSTEM("system"),
        DEVELOPER("developer"),
        USER("user"),
        ASSISTANT("assistant");

        private final String label;

        Role(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    /** The text of all parts, one below the other, as vLLM joins them. */
    public String text() {
        return parts.stream()
                .map(part -> switch (part) {
                    case Part.Text text -> text.text();
                })
                .collect(Collectors.joining("\n"));
    }

    long characters() {
        return parts.stream()
                .mapToLong(part -> switch (part) {
                    case Part.Text text -> text.text().length();
                })
                .sum();
    }

    @Override
    public String toString() {
        return "Message[role=" + role + ", REDACTED len=" + characters() + "]";
    }
}
