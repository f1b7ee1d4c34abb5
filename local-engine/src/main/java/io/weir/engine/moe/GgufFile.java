package io.weir.engine.moe;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model file in the GGUF format, version 2 or 3, mapped into memory: its metadata and where each tensor lies.
 *
 * <p>Guarantees: every offset handed out lies inside the file; a malformed file ends in {@link IOException}, never in a crash. Used by one
 * thread, while a model loads; the mapping ends with {@link #close()}. Source: the GGUF specification of the ggml project.
 */
final class GgufFile implements AutoCloseable {
    /** Far above any real model's count of keys, tensors or vocabulary entries; stops a broken header from asking for all the memory. */
    private static final long ENTRIES_MAX = 4_000_000;
    /** The longest string a header may hold, in bytes: chat templates reach some tens of kilobytes. */
    private static final long STRING_BYTES_MAX = 4 << 20;
    private static final int MAGIC = 0x46554747;
    private static final int ALIGNMENT_DEFAULT = 32;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** The element types this engine reads. */
    enum TensorType {
        F32(0, 1, 4), F16(1, 1, 2), Q8_0(8, 32, 34);

        private final int code;
        private final int blockElements;
        private final int blockBytes;

        TensorType(int code, int blockElements, int blockBytes) {
            this.code = code;
            this.blockElements = blockElements;
            this.blockBytes = blockBytes;
        }

        static TensorType of(int code, String tensor) throws IOException {
            for (TensorType type : values()) {
                if (type.code == code) {
                    return type;
                }
            }
            throw new IOException("tensor " + tensor + " has element type " + code + "; this engine reads F32, F16 and Q8_0");
        }
    }

    /**
     * One tensor: its shape (innermost dimension first) and its bytes in the file.
     *
     * @param shape innermost first, as GGUF writes it: {@code [columns, rows, experts]}
     */
    record Tensor(String name, TensorType type, long[] shape, MemorySegment data) {
        int dimension(int index) {
            return index < shape.length ? Math.toIntExact(shape[index]) : 1;
        }
    }

    private final Arena arena;
    private final MemorySegment file;
    private final Map<String, Object> metadata = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private long position;

    private GgufFile(Arena arena, MemorySegment file) {
        this.arena = arena;
        this.file = file;
    }

    /** Maps the file and reads its header. */
    static GgufFile open(Path path) throws IOException {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            GgufFile gguf = new GgufFile(arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
            gguf.readHeader();
            return gguf;
        } catch (IndexOutOfBoundsException | ArithmeticException truncated) {
            arena.close();
            throw new IOException(path.getFileName() + " is not a whole GGUF file", truncated);
        } catch (IOException | RuntimeException broken) {
            arena.close();
            throw broken;
        }
    }

    private void readHeader() throws IOException {
        if (readInt() != MAGIC) {
            throw new IOException("not a GGUF file");
        }
        int version = readInt();
        if (version != 2 && version != 3) {
            throw new IOException("GGUF version " + version + " is not supported");
        }
        long tensorCount = readCount();
        long keyCount = readCount();
        for (long i = 0; i < keyCount; i++) {
            String key = readString();
            metadata.put(key, readValue(readInt()));
        }
        readTensors(tensorCount);
    }

    private void readTensors(long count) throws IOException {
        record Entry(String name, TensorType type, long[] shape, long offset) {}
        List<Entry> entries = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            String name = readString();
            int dimensions = readInt();
            if (dimensions < 1 || dimensions > 4) {
                throw new IOException("tensor " + name + " has " + dimensions + " dimensions");
            }
            long[] shape = new long[dimensions];
            for (int d = 0; d < dimensions; d++) {
                shape[d] = readLong();
            }
            entries.add(new Entry(name, TensorType.of(readInt(), name), shape, readLong()));
        }
        long alignment = metadata.containsKey("general.alignment") ? integer("general.alignment") : ALIGNMENT_DEFAULT;
        long base = (position + alignment - 1) / alignment * alignment;
        for (Entry entry : entries) {
            long elements = 1;
            for (long dimension : entry.shape) {
                elements = Math.multiplyExact(elements, dimension);
            }
            if (entry.shape[0] % entry.type.blockElements != 0) {
                throw new IOException("tensor " + entry.name + " has rows that are not whole blocks");
            }
            long bytes = Math.multiplyExact(elements / entry.type.blockElements, entry.type.blockBytes);
            tensors.put(entry.name, new Tensor(entry.name, entry.type, entry.shape, file.asSlice(base + entry.offset, bytes)));
        }
    }

    private Object readValue(int type) throws IOException {
        return switch (type) {
            case 0 -> Byte.toUnsignedLong(readByte());
            case 1 -> (long) readByte();
            case 2 -> Short.toUnsignedLong(readShort());
            case 3 -> (long) readShort();
            case 4 -> Integer.toUnsignedLong(readInt());
            case 5 -> (long) readInt();
            case 6 -> (double) Float.intBitsToFloat(readInt());
            case 7 -> readByte() != 0;
            case 8 -> readString();
            case 9 -> readArray();
            case 10, 11 -> readLong();
            case 12 -> Double.longBitsToDouble(readLong());
            default -> throw new IOException("unknown metadata type " + type);
        };
    }

    private List<Object> readArray() throws IOException {
        int type = readInt();
        if (type == 9) {
            throw new IOException("arrays of arrays are not supported");
        }
        long count = readCount();
        List<Object> values = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            values.add(readValue(type));
        }
        return Collections.unmodifiableList(values);
    }

    private long readCount() throws IOException {
        long count = readLong();
        if (count < 0 || count > ENTRIES_MAX) {
            throw new IOException("a count of " + count + " is beyond any real model file");
        }
        return count;
    }

    private String readString() throws IOException {
        long length = readLong();
        if (length < 0 || length > STRING_BYTES_MAX) {
            throw new IOException("a string of " + length + " bytes is beyond any real model file");
        }
        byte[] bytes = file.asSlice(position, length).toArray(ValueLayout.JAVA_BYTE);
        position += length;
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private byte readByte() {
        return file.get(ValueLayout.JAVA_BYTE, position++);
    }

    private short readShort() {
        short value = file.get(SHORT, position);
        position += Short.BYTES;
        return value;
    }

    private int readInt() {
        int value = file.get(INT, position);
        position += Integer.BYTES;
        return value;
    }

    private long readLong() {
        long value = file.get(LONG, position);
        position += Long.BYTES;
        return value;
    }

    boolean has(String key) {
        return metadata.containsKey(key);
    }

    boolean hasTensor(String name) {
        return tensors.containsKey(name);
    }

    /** The integer under this key; the file is refused when it lacks it. */
    int integer(String key) throws IOException {
        return Math.toIntExact(required(key, Long.class));
    }

    /** The number under this key, or the given one when the file lacks it. */
    double number(String key, double otherwise) throws IOException {
        return has(key) ? required(key, Double.class) : otherwise;
    }

    /** The flag under this key; absent means false, as llama.cpp reads it. */
    boolean flag(String key) throws IOException {
        return has(key) && required(key, Boolean.class);
    }

    String string(String key) throws IOException {
        return required(key, String.class);
    }

    List<String> strings(String key) throws IOException {
        return array(key, String.class);
    }

    List<Long> integers(String key) throws IOException {
        return array(key, Long.class);
    }

    Tensor tensor(String name) throws IOException {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IOException("the model file has no tensor " + name);
        }
        return tensor;
    }

    private <T> List<T> array(String key, Class<T> type) throws IOException {
        List<T> values = new ArrayList<>();
        for (Object value : required(key, List.class)) {
            values.add(type.cast(value));
        }
        return Collections.unmodifiableList(values);
    }

    private <T> T required(String key, Class<T> type) throws IOException {
        Object value = metadata.get(key);
        if (value == null) {
            throw new IOException("the model file has no key " + key);
        }
        if (!type.isInstance(value)) {
            throw new IOException("the key " + key + " of the model file has another type than expected");
        }
        return type.cast(value);
    }

    @Override
    public void close() {
        arena.close();
    }
}
