package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The one socket that a split session seems to have its server behind: what is written to it goes to an {@link End}, and what that
 * says is read from it. No system call, no copy, no thread of its own: all of it on the session's event loop.
 *
 * <p>What the end does not take stays written but not flushed, and makes the channel unwritable as a full socket would.
 */
public final class SplitSocket extends AbstractChannel implements DuplexChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);

    private final SocketAddress address;
    private final Config config = new Config();
    private @Nullable End end;
    private boolean open = true;
    private boolean outputShut;
    private boolean inputShut;

    /** Who is at the other end. */
    interface End {
        /** Whether more is taken at this moment; {@link SplitSocket#resume} tells when it is again. */
        boolean takes();

        /** Owned from here on. */
        void onBytes(ByteBuf bytes);

        /** All that was flushed has been given. */
        void onFlushed();

        /** Whether what the end says is wanted at this moment. */
        void onReading(boolean wanted);

        /** Nothing more will be written. */
        void onOutputShut();

        void onClosed();
    }

    /** @param address of the node that it stands for, to tell people */
    SplitSocket(SocketAddress address) {
        super(null);
        this.address = address;
    }

    /** Once, before it is registered. */
    void endsAt(End other) {
        end = other;
    }

    /** The end takes again. */
    void resume() {
        if (open) {
            unsafe().flush();
        }
    }

    /** To be read; owned from here on. */
    void say(ByteBuf bytes) {
        if (open && !inputShut) {
            pipeline().fireChannelRead(bytes);
        } else {
            bytes.release();
        }
    }

    /** To be read in its place between bytes. */
    void note(Object note) {
        if (open && !inputShut) {
            pipeline().fireChannelRead(note);
        }
    }

    /** Why the end of what is said comes; before that. */
    void fail(Throwable cause) {
        if (open && !inputShut) {
            pipeline().fireExceptionCaught(cause);
        }
    }

    /** What was said may go on to the client now. */
    void saidAll() {
        if (open) {
            pipeline().fireChannelReadComplete();
        }
    }

    /** Nothing more will be said. */
    void sayEnd() {
        if (open && !inputShut) {
            inputShut = true;
            pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
    }

    private final class Config extends DefaultChannelConfig {
        Config() {
            super(SplitSocket.this);
        }

        @Override
        protected void autoReadCleared() {
            if (end != null) {
                end.onReading(false);
            }
        }
    }

    private final class Unsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress remote, @Nullable SocketAddress local, ChannelPromise promise) {
            promise.setFailure(new UnsupportedOperationException("connected from the start"));
        }
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new Unsafe();
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected SocketAddress localAddress0() {
        return address;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return address;
    }

    @Override
    protected void doBind(SocketAddress local) {
        throw new UnsupportedOperationException("no socket to bind");
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doClose() {
        if (open) {
            open = false;
            if (end != null) {
                end.onClosed();
            }
        }
    }

    @Override
    protected void doBeginRead() {
        if (end != null) {
            end.onReading(true);
        }
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer out) {
        if (end == null) {
            return;
        }
        for (Object written = out.current(); written != null && end.takes(); written = out.current()) {
            ByteBuf bytes = ((ByteBuf) written).retain();
            out.remove();
            end.onBytes(bytes);
        }
        end.onFlushed();
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public boolean isInputShutdown() {
        return inputShut;
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        inputShut = true;
        return promise.setSuccess();
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShut;
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        if (!outputShut) {
            outputShut = true;
            if (end != null) {
                end.onOutputShut();
            }
        }
        return promise.setSuccess();
    }

    @Override
    public boolean isShutdown() {
        return inputShut && outputShut;
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        inputShut = true;
        return shutdownOutput(promise);
    }
}
