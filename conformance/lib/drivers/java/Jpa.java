import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.hibernate.Session;
import org.hibernate.cfg.Configuration;
import org.hibernate.jpa.HibernateHints;

/** What a program with JPA does: prints what each step gave it. The server is told by libpq's environment variables. */
public final class Jpa {
    private static EntityManagerFactory factory;

    private Jpa() {}

    /** With many orders, which are fetched when they are asked for. */
    @Entity(name = "Customer")
    public static class Customer {
        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "customer_ids")
        @SequenceGenerator(name = "customer_ids", sequenceName = "customer_ids", allocationSize = 5)
        Long id;

        @Column(unique = true)
        String name;

        @Version
        int version;

        @OneToMany(mappedBy = "customer", cascade = CascadeType.ALL, orphanRemoval = true, fetch = FetchType.LAZY)
        @OrderBy("id")
        List<Purchase> purchases = new ArrayList<>();

        protected Customer() {}

        Customer(String name) {
            this.name = name;
        }

        void buys(String what, String price) {
            purchases.add(new Purchase(this, what, new BigDecimal(price)));
        }
    }

    /** Whose id the server makes. */
    @Entity(name = "Purchase")
    public static class Purchase {
        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        Long id;

        String what;

        @Column(precision = 10, scale = 2)
        BigDecimal price;

        @ManyToOne(fetch = FetchType.LAZY)
        Customer customer;

        protected Purchase() {}

        Purchase(Customer customer, String what, BigDecimal price) {
            this.customer = customer;
            this.what = what;
            this.price = price;
        }
    }

    private static void show(String name, Function<EntityManager, Object> work) {
        run(name, false, work);
    }

    /** In a transaction that is said to read only, as Spring does for such ones. */
    private static void reading(String name, Function<EntityManager, Object> work) {
        run(name, true, work);
    }

    private static void run(String name, boolean reads, Function<EntityManager, Object> work) {
        EntityManager manager = factory.createEntityManager();
        Session session = manager.unwrap(Session.class);
        Object result;
        try {
            if (reads) {
                session.setDefaultReadOnly(true);
                session.doWork(connection -> connection.setReadOnly(true));
            }
            manager.getTransaction().begin();
            result = work.apply(manager);
            manager.getTransaction().commit();
        } catch (RuntimeException e) {
            result = told(e);
            if (manager.getTransaction().isActive()) {
                manager.getTransaction().rollback();
            }
        } finally {
            if (reads) {
                session.doWork(connection -> connection.setReadOnly(false));
            }
            manager.close();
        }
        System.out.println(name + ": " + result);
    }

    private static String told(Throwable e) {
        StringBuilder told = new StringBuilder();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            told.append(cause.getClass().getSimpleName());
            if (cause instanceof java.sql.SQLException said) {
                told.append(' ').append(said.getSQLState()).append(' ').append(said.getMessage());
            }
            told.append(cause.getCause() == null ? "" : " <- ");
        }
        return told.toString();
    }

    private static Customer find(EntityManager manager, String name) {
        return manager.createQuery("from Customer where name = :name", Customer.class).setParameter("name", name).getSingleResult();
    }

    private static void entities() {
        show("insert", manager -> {
            Customer customer = new Customer("ann");
            customer.buys("book", "12.50");
            customer.buys("pen", "1.25");
            manager.persist(customer);
            return customer.id;
        });
        show("find", manager -> manager.find(Customer.class, 1L).name);
        show("find nothing", manager -> manager.find(Customer.class, -1L));
        show("lazy collection", manager -> find(manager, "ann").purchases.stream().map(bought -> bought.what + " " + bought.price).toList());
        show("lazy reference", manager -> manager.getReference(Purchase.class, 1L).customer.name);
        show("join fetch", manager -> manager.createQuery("select distinct c from Customer c join fetch c.purchases", Customer.class).getResultList().size());
        show("projection", manager -> manager.createQuery("select sum(price), count(*) from Purchase", Object[].class).getSingleResult()[0]);
        show("ids of a sequence", manager -> {
            List<Long> ids = new ArrayList<>();
            for (int n = 0; n < 12; n++) {
                Customer customer = new Customer("many " + n);
                manager.persist(customer);
                ids.add(customer.id);
            }
            return ids;
        });
        show("update", manager -> {
            Customer customer = find(manager, "many 3");
            customer.name = "renamed";
            manager.flush();
            return customer.version;
        });
        show("updated", manager -> find(manager, "renamed").version);
        show("unique", manager -> {
            manager.persist(new Customer("ann"));
            return "flushed later";
        });
        show("remove orphan", manager -> find(manager, "ann").purchases.remove(0).what);
        show("removed", manager -> find(manager, "ann").purchases.size());
        show("bulk", manager -> manager.createQuery("update Customer set name = concat(name, '!') where name like 'many %'").executeUpdate());
        show("paged", manager -> manager.createQuery("select name from Customer order by id", String.class)
                .setFirstResult(2).setMaxResults(3).getResultList());
        show("streamed", manager -> manager.createQuery("select name from Customer order by id", String.class)
                .setHint(HibernateHints.HINT_FETCH_SIZE, 4).getResultStream().count());
        show("native", manager -> manager.createNativeQuery("select count(*) from customer where id > ?1", Long.class).setParameter(1, 3).getSingleResult());
        show("native syntax", manager -> manager.createNativeQuery("selec 1", Integer.class).getSingleResult());
    }

    private static void locks() {
        show("for update", manager -> manager.find(Customer.class, 1L, LockModeType.PESSIMISTIC_WRITE).name);
        show("for share", manager -> manager.find(Customer.class, 1L, LockModeType.PESSIMISTIC_READ).name);
        show("force increment", manager -> manager.find(Customer.class, 1L, LockModeType.OPTIMISTIC_FORCE_INCREMENT).version);
        show("incremented", manager -> manager.find(Customer.class, 1L).version);
        show("optimistic", manager -> {
            Customer mine = manager.find(Customer.class, 1L);
            show("somebody else", other -> other.find(Customer.class, 1L).name = "theirs");
            mine.name = "mine";
            return "flushed later";
        });
        show("whose", manager -> manager.find(Customer.class, 1L).name);
        show("rolled back", manager -> {
            Customer customer = new Customer("never");
            manager.persist(customer);
            manager.flush();
            Long seen = manager.createQuery("select count(*) from Customer where name = 'never'", Long.class).getSingleResult();
            manager.getTransaction().setRollbackOnly();
            return seen;
        });
        show("gone", manager -> manager.createQuery("select count(*) from Customer where name = 'never'", Long.class).getSingleResult());
    }

    private static void readOnly() {
        reading("read only", manager -> manager.find(Customer.class, 1L).name);
        reading("read only, lazy", manager -> manager.find(Customer.class, 1L).purchases.size());
        reading("read only, query", manager -> manager.createQuery("select count(*) from Customer", Long.class).getSingleResult());
        reading("read only, write", manager -> manager.createQuery("delete from Purchase").executeUpdate());
        reading("read only, many", manager -> {
            long sum = 0;
            for (long id = 1; id < 10; id++) {
                Customer customer = manager.find(Customer.class, id);
                sum += customer == null ? 0 : customer.name.length() + customer.purchases.size();
            }
            return sum;
        });
    }

    /** What one session has committed, its next transaction has to see; and without transactions of its own, at once. */
    private static void ownWrites() {
        List<Integer> missing = new ArrayList<>();
        try (EntityManager manager = factory.createEntityManager()) {
            for (int n = 0; n < 100; n++) {
                manager.getTransaction().begin();
                Customer customer = new Customer("own " + n);
                customer.buys("thing", "1");
                manager.persist(customer);
                manager.getTransaction().commit();
                manager.clear();
                // Outside of a transaction: a statement of its own.
                Customer found = manager.find(Customer.class, customer.id);
                if (found == null || found.purchases.size() != 1) {
                    missing.add(n);
                }
                manager.clear();
            }
        }
        System.out.println("own writes missing: " + missing);
    }

    public static void main(String[] arguments) {
        for (String threshold : List.of("5", "1")) {
            String url = "jdbc:postgresql://%s:%s/%s?prepareThreshold=%s"
                    .formatted(System.getenv("PGHOST"), System.getenv("PGPORT"), System.getenv("PGDATABASE"), threshold);
            System.out.println("== prepareThreshold " + threshold);
            factory = new Configuration()
                    .addAnnotatedClass(Customer.class)
                    .addAnnotatedClass(Purchase.class)
                    .setProperty("jakarta.persistence.jdbc.url", url)
                    .setProperty("jakarta.persistence.jdbc.user", System.getenv("PGUSER"))
                    .setProperty("jakarta.persistence.jdbc.password", System.getenv("PGPASSWORD"))
                    .setProperty("hibernate.connection.pool_size", "3")
                    .setProperty("hibernate.connection.handling_mode", "DELAYED_ACQUISITION_AND_HOLD")
                    .setProperty("hibernate.jdbc.batch_size", "10")
                    .setProperty("hibernate.hbm2ddl.auto", "create")
                    .buildSessionFactory();
            entities();
            locks();
            readOnly();
            ownWrites();
            factory.close();
        }
    }
}
